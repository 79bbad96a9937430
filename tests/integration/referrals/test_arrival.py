"""The door: verified with a paper, admitted without one, written down as what one came as."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.referrals import arrivals
from backend.referrals.events import PatientArrived
from backend.referrals.models_certificate import Arrival
from backend.store.db import transaction
from tests.integration.referrals.rig import Cast, make_cast, nothing_foreign


def certificate(cast: Cast, referral: str) -> dict:
    return cast.patient.get(f"/api/v1/referrals/{referral}/certificate").json


@pytest.mark.clause("MS-4.1b")
def test_verified_and_registered_as_referred(cast: Cast) -> None:
    referral = cast.issued()
    paper = certificate(cast, referral)
    looked = cast.clerk.post("/api/v1/certificates/verify", {"text": paper["verify_url"]})
    assert looked.status_code == 200, looked.json
    assert (looked.json["state"], looked.json["signed"], looked.json["for_us"]) == ("valid", True, True)
    came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "certificate": paper["verify_url"]})
    assert came.status_code == 201, came.json
    assert (came.json["came_as"], came.json["verified"], came.json["verified_how"]) == ("referred", True, "qr")
    seen = cast.read(referral, cast.patient)
    assert seen["status"] == "arrived"
    assert (seen["now"]["code"], seen["now"]["who"]) == ("arrived", seen["to_place"]["name"]), (
        "the result is theirs to write"
    )
    assert "withdraw" not in seen["actions"]
    listed = cast.clerk.get("/api/v1/arrivals").json["items"]
    assert came.json["id"] in {item["id"] for item in listed}


@pytest.mark.clause("MS-4.1b")
def test_seeing_a_doctor_does_not_spend_the_stay_of_the_same_paper(cast: Cast) -> None:
    referral = cast.issued()
    number = certificate(cast, referral)["number"]

    def come(category: str) -> Any:
        answer = cast.clerk.post("/api/v1/arrivals", {"category": category, "certificate": number})
        assert answer.status_code == 201, answer.json
        return answer.json

    assert [come(what)["came_as"] for what in ("outpatient", "examination", "stay")] == ["referred"] * 3
    second = come("stay")
    assert second["came_as"] == "not_referred", "one stay, and admitted all the same"
    assert "能住院的次数已经用完" in second["benefit_note"]
    assert "照常看病" in second["benefit_note"]
    assert come("outpatient")["came_as"] == "referred", "the days are not over: the review after the stay counts"
    seen = certificate(cast, referral)
    assert (seen["state"], seen["uses_left"]) == ("used", 0)
    validity = next(row["text"] for row in seen["rows"] if row["number"] == 18)
    assert "可住院 1 次，看门诊不占次数" in validity


@pytest.mark.clause("MS-4.1b")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
@pytest.mark.parametrize(
    ("insured", "expected"),
    [
        ({"insurance": "employee"}, "本县的转诊报销规定只管居民医保"),
        ({"insurance": "none"}, "费用由自己付"),
        ({"insured_here": False}, "按参保地的规定报"),
    ],
)
def test_whom_the_residents_rules_do_not_reach_is_told_what_applies(
    app, morning, county: str, insured: dict[str, Any], expected: str
) -> None:
    cast = make_cast(app, county, **insured)
    referral = cast.submitted()
    for answer in (cast.consent(referral), cast.accept(referral)):
        assert answer.status_code == 200, answer.json
    early = cast.clerk.post("/api/v1/arrivals", {"category": "stay", "referral_id": referral}).json
    assert expected in early["benefit_note"]
    assert "按转诊报销" not in early["benefit_note"]
    cast.sign_all(referral)
    number = certificate(cast, referral)["number"]
    good = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "certificate": number})
    without = cast.clerk.post("/api/v1/arrivals", {"category": "stay", "resident_id": str(cast.patient_id)})
    assert (good.json["came_as"], without.json["came_as"]) == ("referred", "not_referred")
    rows = cast.clerk.get("/api/v1/arrivals").json["items"]
    followed = next(row for row in rows if row["id"] == early["id"])
    for note in (good.json["benefit_note"], without.json["benefit_note"], followed["benefit_note"]):
        assert expected in note
        assert "按转诊报销" not in note
        assert "百分点" not in note, "no residents' ratio is promised or taken away"
    nothing_foreign(cast, good)


@pytest.mark.clause("MS-4.1b")
def test_without_a_certificate_admitted_all_the_same(cast: Cast) -> None:
    came = cast.clerk.post("/api/v1/arrivals", {"category": "stay", "resident_id": str(cast.patient_id)})
    assert came.status_code == 201, came.json
    assert came.json["came_as"] == "not_referred"
    assert "照常看病" in came.json["benefit_note"]
    assert "样例" in came.json["benefit_note"]
    nothing_foreign(cast, came)


@pytest.mark.clause("MS-4.1b")
@pytest.mark.parametrize(("exemption", "came_as"), [("emergency-transport", "emergency"), ("delivery", "special")])
def test_two_coded_exemptions(cast: Cast, exemption: str, came_as: str) -> None:
    body = {"category": "stay", "resident_id": str(cast.patient_id), "exemption": exemption}
    came = cast.clerk.post("/api/v1/arrivals", body)
    assert (came.json["came_as"], came.json["exemption"]) == (came_as, exemption)
    unknown = cast.clerk.post("/api/v1/arrivals", body | {"exemption": "vip"})
    assert unknown.json["code"] == "no_exemption"


def test_a_voided_paper_bars_nobody(cast: Cast) -> None:
    referral = cast.issued()
    number = certificate(cast, referral)["number"]
    cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"})
    came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "certificate": number})
    assert (came.status_code, came.json["came_as"]) == (201, "not_referred")
    assert cast.read(referral)["status"] == "withdrawn"


def test_a_paper_for_another_hospital_is_no_paper_here(app, cast: Cast) -> None:
    from backend.kernel.roles import Role
    from tests.integration.referrals.rig import signer

    number = certificate(cast, cast.issued())["number"]
    other = signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    assert other.post("/api/v1/certificates/verify", {"text": number}).json["for_us"] is False
    refused = other.post("/api/v1/arrivals", {"category": "outpatient", "certificate": number})
    assert (refused.status_code, refused.json["code"]) == (404, "referral_elsewhere")
    came = other.post("/api/v1/arrivals", {"category": "outpatient", "resident_id": str(cast.patient_id)})
    assert came.status_code == 201


def test_another_countys_paper_does_not_exist_here(app, morning) -> None:
    xinmi, mangshi = make_cast(app, "xinmi"), make_cast(app, "mangshi")
    number = certificate(xinmi, xinmi.issued())["number"]
    assert mangshi.clerk.post("/api/v1/certificates/verify", {"text": number}).status_code == 404


@pytest.mark.clause("XM-5.4d")
def test_whoever_comes_before_the_paper_is_taken_in_and_the_paper_follows(cast: Cast) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    cast.accept(referral)
    came = cast.clerk.post("/api/v1/arrivals", {"category": "stay", "referral_id": referral})
    assert (came.status_code, came.json["came_as"]) == (201, "not_referred")
    assert "证明补上后按转诊报销" in came.json["benefit_note"]
    assert cast.read(referral)["status"] == "arrived"
    cast.sign_all(referral)
    seen = cast.read(referral)
    assert (seen["status"], seen["certificate"]["state"]) == ("arrived", "used")
    with cast.app.app_context(), transaction() as current:
        row = current.scalar(select(Arrival).where(Arrival.referral_id == UUID(referral)))
        assert (row.came_as, row.certificate_id is not None) == ("referred", True)


def test_a_long_certificate_is_used_again_and_again(app, morning) -> None:
    cast = make_cast(app, "mangshi")
    referral = cast.issued(
        diagnosis_code="C16", diagnosis_text="胃癌", indication="limited", standard=None, article=None
    )
    number = certificate(cast, referral)["number"]
    for _ in range(3):
        came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "certificate": number})
        assert came.json["came_as"] == "referred"


def test_the_result_goes_back_to_the_treating_doctor(cast: Cast) -> None:
    referral = cast.issued()
    cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral})
    early = cast.doctor.post(f"/api/v1/referrals/{referral}/result", {"result": "x"})
    assert early.status_code == 404, "only the hospital that saw the patient writes back"
    sent = cast.hospital_head.post(
        f"/api/v1/referrals/{referral}/result", {"result": "加用培哚普利 4 mg，两周后在乡里复查钾和肌酐"}
    )
    assert sent.status_code == 200, sent.json
    seen = cast.read(referral)
    assert seen["status"] == "closed"
    assert "培哚普利" in seen["result"]
    assert [line["state"] for line in seen["way"]] == ["done"] * len(seen["way"])


def test_an_arrival_is_told(app, cast: Cast, monkeypatch) -> None:
    told = []
    from backend.referrals import arrivals

    monkeypatch.setattr(arrivals.events, "publish", told.append)
    cast.clerk.post("/api/v1/arrivals", {"category": "stay", "resident_id": str(cast.patient_id)})
    [event] = [one for one in told if isinstance(one, PatientArrived)]
    assert (event.came_as, event.resident_id, event.institution) == (
        "not_referred",
        cast.patient_id,
        cast.places.hospital,
    )


def test_a_paper_that_is_voided_while_the_desk_looks_is_no_paper(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    referral = cast.issued()
    number = certificate(cast, referral)["number"]
    find = arrivals._referral

    def meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        with ThreadPoolExecutor(1) as patient:
            path = f"/api/v1/referrals/{referral}/withdraw"
            gone = patient.submit(cast.patient.post, path, {"reason": "不去了"}).result()
        assert gone.status_code == 200, gone.json
        return find(*given)

    monkeypatch.setattr(arrivals, "_referral", meanwhile)
    came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "certificate": number})
    assert (came.status_code, came.json["came_as"]) == (201, "not_referred"), came.json

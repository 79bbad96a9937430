"""The hospital's answer: a clerk accepts or passes on and never declines; a no shows another way."""

from uuid import UUID

import pytest
from sqlalchemy import select

from backend.kernel.roles import Role
from backend.referrals.queries import bookable
from backend.store.db import transaction
from backend.worklist.models import Task
from tests.integration.booking import scene
from tests.integration.referrals.rig import PIN, Cast, nothing_foreign, rules


def tasks(cast: Cast, referral: str) -> dict[str, str]:
    with cast.app.app_context(), transaction() as current:
        rows = current.scalars(select(Task).where(Task.focus_id == UUID(referral)).order_by(Task.id))
        return {row.kind: row.status for row in rows}


def is_bookable(cast: Cast, referral: str) -> bool:
    with cast.app.app_context(), transaction():
        return bookable(cast.county, UUID(referral)) is not None


@pytest.mark.clause("MS-4.2.1")
@pytest.mark.clause("XM-5.4b")
def test_a_place_may_be_booked_once_both_said_yes(cast: Cast) -> None:
    referral = cast.submitted()
    assert not is_bookable(cast, referral)
    cast.accept(referral)
    assert not is_bookable(cast, referral), "the patient has not agreed yet"
    cast.consent(referral)
    assert is_bookable(cast, referral), "signatures do not hold the place up"
    cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"})
    assert not is_bookable(cast, referral)


def test_every_step_that_waits_is_somebodys_task(cast: Cast) -> None:
    referral = cast.submitted()
    assert tasks(cast, referral) == {"referral.sign": "open", "referral.consent": "open", "referral.answer": "open"}
    cast.consent(referral)
    cast.accept(referral)
    done = tasks(cast, referral)
    assert (done["referral.consent"], done["referral.answer"]) == ("done", "done")
    cast.sign_all(referral)
    left = tasks(cast, referral)
    left.pop("referral.informed", None)  # news for whoever the county tells: nothing waits for it
    assert set(left.values()) == {"done"}


@pytest.mark.clause("MS-4.1a")
def test_a_clerk_never_declines_and_passes_on(cast: Cast) -> None:
    referral = cast.submitted()
    seen = cast.read(referral, cast.clerk)
    assert {"accept", "pass_on"} <= set(seen["actions"])
    assert "decline_hospital" not in seen["actions"]
    no = {"accept": False, "reason": "not-our-ability", "alternative_institution": cast.places.other_hospital}
    refused = cast.clerk.post(f"/api/v1/referrals/{referral}/answer", no)
    broken = rules(refused)
    assert broken["referral.decline_role"] == ("MS-4.1a" if cast.county == "mangshi" else "S-receiving")
    nothing_foreign(cast, refused)
    passed = cast.clerk.post(f"/api/v1/referrals/{referral}/pass-on", {"role": "department_head"})
    assert passed.status_code == 200, passed.json
    assert passed.json["answer"]["status"] == "passed_on"
    declined = cast.hospital_head.post(f"/api/v1/referrals/{referral}/answer", no)
    assert declined.status_code == 200, declined.json
    assert declined.json["answer"]["alternative_name"]
    assert declined.json["now"]["code"] in ("consent", "declined")
    assert tasks(cast, referral)["referral.redirect"] == "open"


@pytest.mark.parametrize(
    "body",
    [
        {"reason": None},
        {"reason": "moon"},
        {"reason": "not-our-ability"},
        {"reason": "no-bed", "alternative_institution": "tcm-hospital"},
        {"reason": "other-department"},
    ],
)
def test_a_no_names_a_reason_and_another_way(cast: Cast, body) -> None:
    referral = cast.submitted()
    refused = cast.hospital_head.post(f"/api/v1/referrals/{referral}/answer", {"accept": False} | body)
    assert set(rules(refused)) == {"referral.decline_reason_required"}
    assert cast.read(referral)["answer"]["status"] == "asked"


def test_another_hospital_cannot_answer(app, cast: Cast) -> None:
    from tests.integration.referrals.rig import signer

    other = signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    referral = cast.submitted()
    assert other.post(f"/api/v1/referrals/{referral}/answer", {"accept": True}).status_code == 404
    assert cast.head.post(f"/api/v1/referrals/{referral}/answer", {"accept": True}).status_code == 404


def test_another_department_of_the_same_hospital_keeps_the_signatures(cast: Cast) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    cast.sign(cast.head, referral)
    answer = cast.accept(referral, department="neurology")
    assert answer.status_code == 200
    seen = cast.read(referral)
    assert seen["to_place"]["department"] == "neurology"
    assert [step["status"] for step in seen["steps"]] == ["signed", "signed", "open"]
    assert seen["consent"]["status"] == "given"
    assert cast.sign(cast.third, referral).status_code == 200
    assert cast.read(referral)["status"] == "issued"


@pytest.mark.parametrize(
    "change",
    [{"diagnosis_text": "高血压 3 级，疑继发性"}, {"indication": "limited", "article": 4}, {"summary": "血压 200/120"}],
)
def test_a_yes_was_for_one_diagnosis_and_another_is_asked_anew(cast: Cast, change: dict) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral).status_code == 200
    with cast.app.app_context(), transaction() as current:
        slot = scene.make_slots(current, county_id=cast.county, institution=cast.places.hospital)[0]
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot.id})
    assert booked.status_code == 201, booked.json
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", change | {"pin": PIN})
    assert changed.status_code == 200, changed.json
    assert changed.json["answer"]["status"] == "asked"
    assert cast.consent(referral).status_code == 200
    cast.sign_all(referral)
    assert cast.read(referral)["status"] == "submitted", "nobody's yes covers these words yet"
    place = cast.patient.get(f"/api/v1/appointments/{booked.json['id']}").json
    assert place["status"] == "booked", "the place is kept while they are asked"
    assert cast.accept(referral).status_code == 200
    assert cast.read(referral)["status"] == "issued"


def test_a_declined_patient_is_sent_elsewhere_and_everything_is_asked_again(cast: Cast) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    cast.sign(cast.head, referral)
    no = {"accept": False, "reason": "not-our-ability", "alternative_institution": cast.places.other_hospital}
    cast.hospital_head.post(f"/api/v1/referrals/{referral}/answer", no)
    path = f"/api/v1/referrals/{referral}"
    change = {"to_institution": cast.places.other_hospital, "to_department": "cardiology"}
    assert cast.doctor.request("PUT", path, change).status_code == 403, "a new place is signed again"
    changed = cast.doctor.request("PUT", path, change | {"pin": PIN})
    assert changed.status_code == 200, changed.json
    assert changed.json["consent"]["status"] == "asked"
    assert changed.json["answer"]["institution"] == cast.places.other_hospital
    assert [step["status"] for step in changed.json["steps"]] == ["signed", "open", "waiting"]
    assert cast.hospital_head.get(f"/api/v1/residents/{cast.patient_id}/timeline").status_code == 404


def test_a_hospital_outside_answers_by_phone_through_the_doctor(cast: Cast) -> None:
    cast.open_visit()
    options = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=Z94").json
    outside = next(choice["institution"] for choice in options["choices"] if choice["outside"])
    referral = cast.submitted(
        to_institution=outside,
        to_department=None,
        diagnosis_code="Z94",
        diagnosis_text="肾移植后",
        indication="limited",
        standard=None,
        article=None,
        skip_reason="not-able-nearby",
    )
    path = f"/api/v1/referrals/{referral}/answer-by-phone"
    assert cast.doctor.post(path, {"accept": True}).json["code"] == "contact_missing"
    said = cast.doctor.post(path, {"accept": True, "contact": "总值班 王老师 0871-0000000"})
    assert said.status_code == 200, said.json
    assert said.json["answer"]["status"] == "accepted"


def test_an_emergency_is_announced_and_waits_for_nobody(cast: Cast) -> None:
    referral = cast.submitted(indication="critical", article=1, to_department="emergency")
    seen = cast.read(referral)
    assert seen["answer"]["status"] == "announced"
    assert tasks(cast, referral)["referral.papers"] == "open"
    line = next(i for i in cast.clerk.get("/api/v1/referral-answers").json["items"] if i["referral_id"] == referral)
    assert line["person"] is not None, "whoever must be ready must know who comes"
    cast.consent(referral)
    cast.sign_all(referral)
    assert cast.read(referral)["status"] == "issued"

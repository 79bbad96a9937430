"""What the certificate prints: who is nearer, whom to call, how many papers. Domain-review 5.1."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.people.models import Account, Resident
from backend.records.models import Reading
from backend.store import clock
from backend.store.db import transaction
from backend.store.vault import vault
from tests import factories
from tests.integration.referrals.down_rig import make_down
from tests.integration.referrals.rig import Cast

FRACTURE = {
    "diagnosis_code": "S52",
    "diagnosis_text": "前臂骨折",
    "standard": None,
    "article": None,
    "indication": "limited",
}


def printed(who: Any, referral: str) -> list[dict[str, Any]]:
    answer = who.get(f"/api/v1/referrals/{referral}/certificate")
    assert answer.status_code == 200, answer.json
    return answer.json["rows"]


def lines(who: Any, referral: str) -> dict[int, str]:
    return {row["number"]: row["text"] for row in printed(who, referral)}


@pytest.mark.clause("MS-4.2.2u2")
def test_the_nearest_place_prints_no_place_passed_by(cast: Cast) -> None:
    assert lines(cast.patient, cast.issued())[12] == "无"


@pytest.mark.clause("MS-4.2.2u2")
def test_a_value_measured_before_prints_with_its_day(cast: Cast) -> None:
    with cast.app.app_context(), transaction() as current:
        taken = clock.now(current) - timedelta(days=9)
        current.add(
            Reading(
                county_id=cast.county, resident_id=cast.patient_id, set_id=new_id(), taken_at=taken, code="systolic",
                value=151, unit="mmHg", source="self",
            )
        )  # fmt: skip
    assert f"{local_day(taken):%-m月%-d日}量：高压 151 mmHg" in lines(cast.patient, cast.issued())[9]


@pytest.mark.clause("MS-4.2.2u1")
def test_a_farther_place_prints_who_is_nearer_and_can_treat_it(cast: Cast) -> None:
    cast.open_visit()
    options = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=S52").json
    names = {one["institution"]: one["name"] for one in options["choices"]}
    far = next(one for one in options["choices"] if one["level"] != "county")
    referral = cast.submitted(
        to_institution=far["institution"], to_department=None, **FRACTURE, skip_reason="no-place-nearby"
    )
    cast.consent(referral)
    told = cast.doctor.post(
        f"/api/v1/referrals/{referral}/answer-by-phone", {"accept": True, "contact": "总机", "note": "挂号处"}
    )
    assert told.status_code == 200, told.json
    cast.sign_all(referral)
    line = lines(cast.patient, referral)[12]
    assert names[cast.places.hospital] in line
    assert names[cast.places.other_hospital] in line
    assert far["name"] not in line, "the chosen one is not what was passed by"


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_the_way_down_passes_nobody_by(app, morning, county: str) -> None:
    down = make_down(app, county)
    referral = down.ready()
    assert down.take_over(referral).status_code == 200
    assert lines(down.patient, referral)[12] == "无"


def test_whom_to_call_and_how_many_papers(cast: Cast) -> None:
    assert "联系人没有登记" in lines(cast.patient, cast.issued())[3]


def test_the_family_that_is_tied_is_whom_to_call(app, cast: Cast) -> None:
    _, son_id = factories.resident_person(app, cast.county)
    with app.app_context(), transaction() as current:
        son = current.get_one(Resident, (cast.county, son_id))
        vault().seal(son, "phone", "13800001111")
        account = current.scalars(select(Account).where(Account.resident_id == son_id)).one()
        patient = current.get_one(Resident, (cast.county, cast.patient_id))
        factories.make_family(current, patient, account, relation="儿子")
    seen = lines(cast.patient, cast.issued())
    assert "联系人 家人（儿子）13800001111" in seen[3]
    assert seen[14] == "就诊记录 1 份"


def test_what_the_doctor_left_empty_is_not_printed_as_a_no(cast: Cast) -> None:
    rows = lines(cast.patient, cast.issued(caution=None))
    assert any("没有填写" in text for text in rows.values()), rows

"""A certificate that holds opens another visit: a further priority place, and a result for each. XM-5.4b, MS-4.2.1."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.booking.models import Appointment
from backend.store.db import transaction
from backend.worklist.models import Task
from tests.integration.booking import scene
from tests.integration.referrals.rig import Cast, nothing_foreign

CANCER: dict[str, Any] = {
    "diagnosis_code": "C16",
    "diagnosis_text": "胃癌",
    "indication": "limited",
    "standard": None,
    "article": None,
    "to_department": "oncology",
}
"""An illness of both packs whose certificate is good for a year and any number of times."""


def slots(cast: Cast, count: int, in_days: float = 1, department: str = "oncology") -> list[str]:
    with cast.app.app_context(), transaction() as current:
        made = scene.make_slots(
            current,
            count,
            county_id=cast.county,
            institution=cast.places.hospital,
            department=department,
            in_days=in_days,
        )
        return [str(one.id) for one in made]


def book(cast: Cast, referral: str, slot: str) -> Any:
    return cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot})


def come(cast: Cast, referral: str, category: str = "outpatient") -> dict[str, Any]:
    answer = cast.clerk.post("/api/v1/arrivals", {"category": category, "referral_id": referral})
    assert (answer.status_code, answer.json["came_as"]) == (201, "referred"), answer.json
    return answer.json


def result(cast: Cast, referral: str, words: str) -> None:
    answer = cast.hospital_head.post(f"/api/v1/referrals/{referral}/result", {"result": words})
    assert answer.status_code == 200, answer.json


def chased(cast: Cast, referral: str) -> list[str]:
    with cast.app.app_context(), transaction() as current:
        query = select(Task.status).where(Task.focus_id == UUID(referral), Task.kind == "referral.result")
        return sorted(current.scalars(query))


def status(cast: Cast, appointment: str) -> str:
    with cast.app.app_context(), transaction() as current:
        return current.get_one(Appointment, (cast.county, UUID(appointment))).status


@pytest.mark.clause("XM-5.4b")
@pytest.mark.clause("MS-4.2.1")
def test_a_years_certificate_opens_visit_after_visit(cast: Cast, turned) -> None:
    referral = cast.issued(**CANCER)
    first, second, third = slots(cast, 3)
    one = book(cast, referral, first)
    assert one.status_code == 201, one.json
    turned(days=1)
    come(cast, referral)
    assert chased(cast, referral) == ["open"]
    early = book(cast, referral, second)
    assert (early.status_code, early.json["code"]) == (409, "still_here"), "still in the house, in the queue"
    page = f"/api/v1/referrals/{referral}/places"
    assert cast.patient.get(page).json["appointment_id"] == one.json["id"], "no further one yet"
    result(cast, referral, "第一次化疗，回家休息")
    assert cast.patient.get(page).json["appointment_id"] is None, "seen, so the times are open"
    seen = cast.read(referral, cast.patient)
    assert (seen["status"], "book_again" in seen["actions"]) == ("closed", True)
    two = book(cast, referral, second)
    assert two.status_code == 201, two.json
    assert status(cast, one.json["id"]) == "fulfilled"
    turned(days=1)
    come(cast, referral)
    assert cast.read(referral)["status"] == "arrived", "the hospital owes a result again"
    assert chased(cast, referral) == ["done", "open"]
    result(cast, referral, "第二次化疗，血象正常")
    kept = cast.read(referral)["result"]
    assert kept.index("第一次化疗") < kept.index("第二次化疗"), "the first one is not written over"
    assert chased(cast, referral) == ["done", "done"]
    assert book(cast, referral, third).status_code == 201


@pytest.mark.clause("XM-5.4b")
def test_one_stay_and_days_left_open_a_review_and_a_spent_stay_does_not(cast: Cast, turned) -> None:
    referral = cast.issued()
    first, second = slots(cast, 2, in_days=2, department="cardiology")
    come(cast, referral)
    result(cast, referral, "两周后复查")
    assert book(cast, referral, first).status_code == 201
    turned(days=2)
    come(cast, referral, "stay")
    result(cast, referral, "出院，回乡里接着管")
    refused = book(cast, referral, second)
    assert refused.status_code == 422, refused.json
    [violation] = refused.json["violations"]
    assert violation["rule"] == "booking.referral_live"
    assert "能住院的次数已经用完" in violation["text"]
    assert "重新办转诊" in violation["instead"]
    assert violation["source"]["id"] == ("MS-4.2.1" if cast.county == "mangshi" else "XM-5.4b")
    assert "book_again" not in cast.read(referral, cast.patient)["actions"]
    nothing_foreign(cast, refused)


def test_days_that_are_over_open_nothing(cast: Cast, turned) -> None:
    referral = cast.issued()
    come(cast, referral)
    result(cast, referral, "两周后复查")
    turned(days=120)
    (late,) = slots(cast, 1, department="cardiology")
    refused = book(cast, referral, late)
    assert refused.status_code == 422, refused.json
    assert "已经过期" in refused.json["violations"][0]["text"]


def test_who_is_on_the_bed_after_the_clinic_is_owed_one_result_at_a_time(cast: Cast) -> None:
    referral = cast.issued()
    come(cast, referral)
    come(cast, referral, "stay")
    assert chased(cast, referral) == ["done", "open"]
    result(cast, referral, "住院一周，好转出院")
    assert cast.read(referral)["status"] == "closed"

"""An examination whose result counts is not made again without one of the national reasons. XM-5.3, MS-4.2.3b."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.oversight.recognition_counts import recognition_rows
from backend.records.models import Result
from backend.records.models_orders import ExaminationOrder
from backend.records.models_recognition import RecognitionChoice
from backend.records.service import grant
from backend.store import clock
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking.test_open_places import BOTH, HOSPITALS

CLAUSE = {"xinmi": "XM-5.3", "mangshi": "MS-4.2.3b"}
TOWNSHIP = {"xinmi": "th-yuanzhuang", "mangshi": "th-fengping"}
ITEM = "abdomen-ultrasound"


def doctor_of(app: Flask, county: str, house: str, resident: UUID) -> Person:
    role = Role.FAMILY_DOCTOR if house in TOWNSHIP.values() else Role.SPECIALIST
    person, practitioner = factories.staff_person(app, house, role, county_id=county)
    with app.app_context(), transaction():
        grant(county, resident, "visit", practitioner, [f"practitioner:{practitioner}"])
    return person


def made(app: Flask, county: str, resident: UUID, house: str, days_ago: int = 2, **values: Any) -> str:
    with app.app_context(), transaction() as current:
        row = Result(
            county_id=county,
            resident_id=resident,
            item=ITEM,
            name="腹部 B 超",
            institution=house,
            taken_on=local_day(clock.now(current)) - timedelta(days=days_ago),
            **({"quality_mark": True} | values),
        )
        current.add(row)
        current.flush()
        return str(row.id)


def order(doctor: Person, resident: UUID, **values: Any) -> Any:
    return doctor.post(f"/api/v1/residents/{resident}/orders", {"item": ITEM, "reason": "右上腹痛"} | values)


def broken(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.json
    return {one["rule"]: one["source"]["id"] for one in answer.json["violations"]}


def choices(app: Flask, resident: UUID) -> list[RecognitionChoice]:
    with app.app_context(), transaction() as current:
        query = select(RecognitionChoice).where(RecognitionChoice.resident_id == resident)
        return list(current.scalars(query.order_by(RecognitionChoice.id)))


@BOTH
@pytest.mark.clause("XM-5.3")
@pytest.mark.clause("MS-4.2.3b")
def test_a_result_from_above_is_not_repeated_without_one_of_the_six(app: Flask, county_id: str) -> None:
    _, resident = factories.resident_person(app, county_id)
    doctor = doctor_of(app, county_id, TOWNSHIP[county_id], resident)
    result = made(app, county_id, resident, HOSPITALS[county_id])
    refused = order(doctor, resident)
    assert broken(refused) == {
        "records.repeat_reason_required": CLAUSE[county_id],
        "records.repeat_six_reasons": "RR-06",
    }
    both = {one["rule"]: one for one in refused.json["violations"]}
    national = both["records.repeat_six_reasons"]
    assert national["source"]["kind"] == "national"
    assert "互认管理办法" in national["source"]["document"]
    rule = doctor.get("/api/v1/examinations").json["repeat"]
    assert len(rule["reasons"]) == 6
    assert all(one["text"] in national["text"] for one in rule["reasons"])
    assert "就用这个结果" in both["records.repeat_reason_required"]["instead"]
    assert broken(order(doctor, resident, repeat_reason="doctor-wants")) == {"records.repeat_six_reasons": "RR-06"}
    assert broken(order(doctor, resident, repeat_reason="other", repeat_note=" ")) == {"records.repeat_note": "RR-06"}
    assert choices(app, resident) == []
    done = order(doctor, resident, repeat_reason="condition-changed", repeat_note="昨晚疼得厉害")
    assert done.status_code == 201, done.json
    assert done.json["repeat_reason"].endswith("昨晚疼得厉害")
    [kept] = choices(app, resident)
    assert (kept.choice, kept.reason, str(kept.order_id), str(kept.result_id), kept.saved_fen) == (
        "repeated",
        "condition-changed",
        done.json["id"],
        result,
        0,
    )


@BOTH
@pytest.mark.clause("XM-5.3")
def test_a_township_result_at_the_county_is_shown_and_counts_where_the_catalogue_says_so(
    app: Flask, county_id: str
) -> None:
    _, resident = factories.resident_person(app, county_id)
    doctor = doctor_of(app, county_id, HOSPITALS[county_id], resident)
    made(app, county_id, resident, TOWNSHIP[county_id])
    [shown] = doctor.get(f"/api/v1/residents/{resident}/results?item={ITEM}").json["items"]
    counts = county_id == "xinmi"  # Mangshi's catalogue lists this examination downward and among equals only
    assert shown["recognition"]["recognised"] is counts
    assert shown["recognition"]["direction"] == "lower_to_upper"
    answer = order(doctor, resident)
    assert answer.status_code == (422 if counts else 201), answer.json


@BOTH
@pytest.mark.parametrize("why", [{"days_ago": 31}, {"quality_mark": False}])
def test_what_is_old_or_unmarked_is_only_shown(app: Flask, county_id: str, why: dict[str, Any]) -> None:
    _, resident = factories.resident_person(app, county_id)
    doctor = doctor_of(app, county_id, TOWNSHIP[county_id], resident)
    result = made(app, county_id, resident, HOSPITALS[county_id], **why)
    [shown] = doctor.get(f"/api/v1/residents/{resident}/results?item={ITEM}").json["items"]
    assert shown["recognition"]["recognised"] is False
    refused = doctor.post(f"/api/v1/residents/{resident}/results/use", {"result_id": result})
    assert (refused.status_code, refused.json["code"]) == (409, "not_recognised")
    assert order(doctor, resident).status_code == 201


@BOTH
@pytest.mark.clause("XM-5.3")
def test_a_result_that_is_used_saves_once_and_the_bureau_counts_it(app: Flask, county_id: str) -> None:
    _, resident = factories.resident_person(app, county_id)
    _, stranger = factories.resident_person(app, county_id)
    house = TOWNSHIP[county_id]
    doctor = doctor_of(app, county_id, house, resident)
    result = made(app, county_id, resident, HOSPITALS[county_id])
    with app.app_context(), transaction() as current:
        month = local_day(clock.now(current)).replace(day=1)
        before = counted(county_id, house, month)
    for _ in range(2):
        used = doctor.post(f"/api/v1/residents/{resident}/results/use", {"result_id": result})
        assert (used.status_code, used.json["saved_fen"], used.json["sample"]) == (200, 9_000, True), used.json
    [kept] = choices(app, resident)
    assert (kept.choice, kept.item, kept.order_id) == ("used", ITEM, None)
    other = doctor_of(app, county_id, house, stranger)
    elsewhere = other.post(f"/api/v1/residents/{stranger}/results/use", {"result_id": result})
    assert elsewhere.status_code == 404
    with app.app_context(), transaction():
        after = counted(county_id, house, month)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 9_000)


def counted(county: str, house: str, month: Any) -> tuple[int, int]:
    found = next((one for one in recognition_rows(county, month) if one.institution == house), None)
    return (found.used, found.saved_fen) if found else (0, 0)


def test_an_order_that_repeats_nothing_says_nothing(app: Flask) -> None:
    _, resident = factories.resident_person(app, "mangshi")
    doctor = doctor_of(app, "mangshi", TOWNSHIP["mangshi"], resident)
    done = order(doctor, resident, repeat_reason="emergency")
    assert (done.status_code, done.json["repeat_reason"]) == (201, None)
    assert choices(app, resident) == []
    with app.app_context(), transaction() as current:
        assert current.get_one(ExaminationOrder, ("mangshi", UUID(done.json["id"]))).status == "active"

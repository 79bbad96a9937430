"""After office hours nobody waits for an office: signed on the phone, by who stands in, or made up on a working day."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.kernel.roles import Role
from backend.referrals.sweeping import sweep
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests.integration.referrals.rig import Cast, make_cast, signer, to_working_hour


@pytest.fixture
def at(app: Flask) -> Iterator[Callable[[int], None]]:
    """Turns to an hour of an ordinary working day; put back after."""
    yield lambda hour: to_working_hour(app, hour)
    with app.app_context(), transaction() as current:
        current.execute(update(clock.DomainClock).values(ahead=timedelta(0)))


def swept(cast: Cast) -> int:
    with cast.app.app_context(), transaction() as current:
        return sweep(current, cast.county)


def page_of(cast: Cast, referral: str) -> dict[str, Any]:
    answer = cast.patient.get(f"/api/v1/referrals/{referral}/certificate")
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.mark.clause("MS-4.2.2u2")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_an_office_that_closes_meanwhile_holds_nobody_up(app, at, turned, county: str) -> None:
    at(15)
    cast = make_cast(app, county)
    referral = cast.submitted()
    for answer in (cast.consent(referral), cast.accept(referral), cast.sign(cast.head, referral)):
        assert answer.status_code == 200, answer.json
    swept(cast)
    assert cast.read(referral)["status"] == "submitted", "the office is open and is waited for"
    turned(hours=5)
    assert swept(cast) >= 1
    seen = cast.read(referral)
    assert (seen["status"], seen["certificate"]["late"]) == ("issued", True)
    before = page_of(cast, referral)
    assert "补签" in before["rows"][16]["text"]
    assert "下个上班日补" in before["rows"][17]["text"]
    assert cast.sign(cast.third, referral).status_code == 200
    assert not cast.read(referral)["certificate"]["late"]
    # The paper is the same, and its print says what has been made up since, with the minute.
    after = page_of(cast, referral)
    assert after["verify_url"] == before["verify_url"]
    assert "下个上班日" not in str(after["rows"])
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d 补签", after["rows"][16]["text"])
    assert "补齐" in after["rows"][17]["text"]


@pytest.mark.clause("MS-5.3")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_who_may_sign_at_night_is_waited_for_by_the_clock_and_then_who_stands_in(app, at, turned, county: str) -> None:
    at(21)
    cast = make_cast(app, county)
    referral = cast.submitted()
    head = next(one for one in cast.read(referral)["steps"] if one["status"] == "open")
    waits = datetime.fromisoformat(head["due_at"]) - datetime.fromisoformat(head["opened_at"])
    assert waits == timedelta(minutes=120), "not until the office opens"
    turned(hours=3)
    with app.app_context(), transaction() as current:
        escalate_overdue(current, county)
        task = current.scalar(select(Task).where(Task.focus_id == UUID(referral), Task.kind == "referral.sign"))
        assert (task.role, task.level) == ("medical_office", 1)
    chief = signer(app, cast.places.township, Role.MEDICAL_OFFICE, county=county, duty="duty-chief")
    signed = cast.sign(chief, referral)
    assert signed.status_code == 200, signed.json
    assert signed.json["signs_as"] == "总值班代科室负责人"


def county_referral(app: Flask) -> tuple[Cast, str]:
    """From Xinmi's county hospital to the city, up to its medical office's step."""
    cast = make_cast(app, "xinmi")
    cast.doctor = signer(app, "first-hospital", Role.SPECIALIST, county="xinmi", department="cardiology")
    cast.head = cast.hospital_head
    cast.doctor.post("/api/v1/visits", {"resident_id": str(cast.patient_id), "department": "cardiology"})
    cast.visit_id = cast.doctor.get("/api/v1/visits").json["items"][0]["id"]
    values: dict[str, Any] = {
        "to_institution": "zz-central",
        "to_department": None,
        "diagnosis_code": "C34",
        "diagnosis_text": "肺癌",
        "indication": "limited",
        "standard": "cancer-up",
        "article": 1,
        "skip_reason": "not-able-nearby",
    }
    referral = cast.submitted(**values)
    told = {"accept": True, "contact": "总机", "note": "门诊一层报到"}
    for answer in (
        cast.consent(referral),
        cast.doctor.post(f"/api/v1/referrals/{referral}/answer-by-phone", told),
        cast.sign(cast.head, referral),
    ):
        assert answer.status_code == 200, answer.json
    return cast, referral


def test_the_duty_chief_registers_where_no_desk_is(app, at) -> None:
    at(10)
    cast, referral = county_referral(app)
    office = signer(app, "first-hospital", Role.MEDICAL_OFFICE, county="xinmi")
    assert cast.sign(office, referral).status_code == 200
    chief = signer(app, "first-hospital", Role.MEDICAL_OFFICE, county="xinmi", duty="duty-chief")
    signed = cast.sign(chief, referral)
    assert signed.status_code == 200, signed.json
    assert signed.json["signs_as"] == "总值班代本院转诊办登记"
    assert cast.read(referral)["status"] == "issued"


def test_at_night_the_medical_office_holds_nobody_up(app, at) -> None:
    at(21)
    cast, referral = county_referral(app)
    seen = cast.read(referral)
    assert (seen["status"], seen["certificate"]["late"]) == ("issued", True)
    chief = signer(app, "first-hospital", Role.MEDICAL_OFFICE, county="xinmi", duty="duty-chief")
    late = cast.sign(chief, referral)
    assert late.status_code == 200, late.json

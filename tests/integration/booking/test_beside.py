"""Beside the times: an ordinary place that is sooner, and the place somebody has in this department already."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from backend.booking.models import Appointment, Slot
from backend.kernel.clock import SHANGHAI
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.booking.test_door import on_today
from tests.integration.booking.test_open_places import take
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_arrivals import paper_of
from tests.integration.referrals.conftest import cast, morning
from tests.integration.referrals.rig import Cast
from tests.integration.referrals.test_further_visit import book, slots

__all__ = ["cast", "morning"]
DEPARTMENT = "obstetrics"  # no other test's: what is sooner is then ours


def ordinary(cast: Cast, in_days: float) -> tuple[str, datetime]:
    with cast.app.app_context(), transaction() as current:
        [slot] = scene.make_slots(
            current,
            county_id=cast.county,
            institution=cast.places.hospital,
            department=DEPARTMENT,
            in_days=in_days,
            pool="general",
        )
        return str(slot.id), slot.starts_at


def awaited(cast: Cast) -> str:
    referral = cast.submitted(to_department=DEPARTMENT)
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral, department=DEPARTMENT).status_code == 200
    return referral


def times(cast: Cast, referral: str) -> dict:
    return cast.patient.get(f"/api/v1/referrals/{referral}/places").json


@pytest.mark.clause("MS-4.2.1")
@pytest.mark.clause("XM-5.4b")
def test_whoever_is_in_a_hurry_is_told_of_an_ordinary_place_before_the_first_priority_one(cast: Cast) -> None:
    referral = awaited(cast)
    [first] = slots(cast, 1, in_days=4, department=DEPARTMENT)
    [soonest] = slots(cast, 1, in_days=0.2, department=DEPARTMENT)
    _, at = ordinary(cast, 2)
    assert times(cast, referral)["sooner_at"] is None, "the priority place is sooner"
    with cast.app.app_context(), transaction() as current:
        row = current.get(Slot, (cast.county, UUID(soonest)))
        assert row is not None
        row.capacity = 0
    told = times(cast, referral)
    assert told["sooner_at"] is not None and datetime.fromisoformat(told["sooner_at"]) <= at
    assert first in {place["slot_id"] for day in told["days"] for place in day["places"]}


@pytest.mark.clause("XM-5.4b")
def test_a_second_place_in_one_department_is_said_before_it_is_taken_and_never_refused(cast: Cast) -> None:
    referral = awaited(cast)
    slot, at = ordinary(cast, 2)
    assert cast.patient.get("/api/v1/home").json["next"]["kind"] == "choose_time"
    assert times(cast, referral)["other_at"] is None
    mine = take(cast.patient, slot, confirm=True)
    assert mine.status_code == 201, mine.json
    for told in (
        times(cast, referral),
        cast.patient.get(f"/api/v1/places?institution={cast.places.hospital}&department={DEPARTMENT}").json,
    ):
        assert told["other_id"] == mine.json["id"]
        assert datetime.fromisoformat(told["other_at"]) == at
    assert times(cast, referral)["sooner_at"] is None, "whoever has an ordinary place has found it"
    home = cast.patient.get("/api/v1/home").json
    assert (home["next"] or {}).get("kind") != "choose_time", "an ordinary place is a time as well"
    [priority] = slots(cast, 1, in_days=4, department=DEPARTMENT)
    assert book(cast, referral, priority).status_code == 201
    assert times(cast, referral)["other_id"] is None, "it was said before; now the page says that it is booked"


def test_of_another_persons_place_nothing_is_said(cast: Cast) -> None:
    referral = awaited(cast)
    slot, _ = ordinary(cast, 2)
    stranger, _ = factories.resident_person(cast.app, cast.county)
    assert take(stranger, slot, confirm=True).status_code == 201
    assert times(cast, referral)["other_id"] is None


def test_two_places_at_one_hour_are_said_to_whoever_has_them_and_not_to_another_hospital(cast: Cast) -> None:
    slot, at = ordinary(cast, 2)
    mine = take(cast.patient, slot, confirm=True).json
    hours = {"late": timedelta(minutes=30), "near": timedelta(minutes=20)}
    with cast.app.app_context(), transaction() as current:
        made = {
            name: scene.make_slots(
                current,
                county_id=cast.county,
                institution=cast.places.other_hospital,
                department=department,
                in_days=2,
                pool="general",
            )[0]
            for name, department in (("late", "cardiology"), ("near", "ent"))
        }
        for name, one in made.items():
            one.starts_at = at + hours[name]
        others = {name: str(one.id) for name, one in made.items()}

    def close(who: Person, appointment: str) -> dict | None:
        answer = who.get(f"/api/v1/appointments/{appointment}")
        assert answer.status_code == 200, answer.json
        return answer.json["close"]

    late = take(cast.patient, others["late"], confirm=True).json
    assert close(cast.patient, mine["id"]) is None, "half an hour between them is enough"
    assert cast.patient.post(f"/api/v1/appointments/{late['id']}/cancel").status_code == 200
    held = take(cast.patient, others["near"]).json
    assert close(cast.patient, held["id"])["id"] == mine["id"], "before it is confirmed"
    assert close(cast.patient, mine["id"]) is None, "a hold may still run out"
    assert cast.patient.post(f"/api/v1/appointments/{held['id']}/confirm").status_code == 200
    told = close(cast.patient, mine["id"])
    assert told["id"] == held["id"] and datetime.fromisoformat(told["starts_at"]) == at + hours["near"]
    assert told["department_name"] == "耳鼻喉科"
    assert close(cast.clerk, mine["id"]) is None, "another hospital's place is not the desk's to read"


@pytest.mark.parametrize("before", ["nothing", "missed"])
def test_whoever_comes_with_the_paper_for_an_ordinary_place_uses_it(cast: Cast, before: str) -> None:
    referral = cast.issued(to_department=DEPARTMENT)
    missed = miss(cast, referral) if before == "missed" else None
    slot, at = ordinary(cast, 2)
    mine = take(cast.patient, slot, confirm=True).json
    on_today(cast.app, mine["id"])
    number, _ = paper_of(cast.app, cast, referral)
    desk = browser_of(cast.app, cast.clerk)
    assert at.astimezone(SHANGHAI).strftime("%-H:%M") in desk.post("/desk/arrivals/look", q=number).text
    done = desk.post(
        "/desk/arrivals/register",
        certificate=number,
        referral_id=referral,
        category="outpatient",
        department=DEPARTMENT,
    )
    assert done.status_code == 200, done.text
    assert cast.read(referral)["status"] == "arrived"
    assert cast.patient.get(f"/api/v1/appointments/{mine['id']}").json["status"] == "arrived"
    if missed is not None:
        assert cast.patient.get(f"/api/v1/appointments/{missed}").json["status"] == "noshow", "of another day"


def test_whoever_missed_a_place_and_comes_with_the_paper_later_is_let_in_on_it(cast: Cast) -> None:
    referral = cast.issued(to_department=DEPARTMENT)
    missed = miss(cast, referral)
    came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral})
    assert came.status_code == 201, came.json
    assert cast.patient.get(f"/api/v1/appointments/{missed}").json["status"] == "arrived"


def miss(cast: Cast, referral: str) -> str:
    [slot] = slots(cast, 1, in_days=3, department=DEPARTMENT)
    made = book(cast, referral, slot)
    assert made.status_code == 201, made.json
    with cast.app.app_context(), transaction() as current:
        row = current.get(Appointment, (cast.county, UUID(made.json["id"])))
        assert row is not None
        row.status = "noshow"
    return str(made.json["id"])

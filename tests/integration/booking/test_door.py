"""At the desk's door: who booked without a referral is on the list, found by their code, and checked in."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from backend.booking.models import Appointment
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.store import clock
from backend.store.db import transaction
from tests import factories
from tests.integration.booking.test_open_places import BOTH, HOSPITALS, make, take
from tests.integration.desk.browser import browser_of


def on_today(app: Flask, appointment: str) -> None:
    """As if it had been booked for today."""
    with app.app_context(), transaction() as current:
        current.execute(
            text("UPDATE appointment SET day = :d WHERE id = :i"),
            {"d": local_day(clock.now(current)), "i": UUID(appointment)},
        )


@BOTH
@pytest.mark.clause("XM-5.4b")
def test_whoever_booked_without_a_referral_is_received_by_their_code(app: Flask, county_id: str) -> None:
    patient, _ = factories.resident_person(app, county_id)
    waiting, _ = factories.resident_person(app, county_id)
    clerk, _ = factories.staff_person(app, HOSPITALS[county_id], Role.DESK_CLERK, county_id=county_id)
    desk = browser_of(app, clerk)
    (slot, other) = make(app, 2, 3, county_id=county_id, department="cardiology")
    mine = take(patient, slot, confirm=True).json
    held = take(waiting, other).json
    for one in (mine, held):
        on_today(app, one["id"])
    listed = desk.text("/desk/arrivals")
    assert mine["person"]["name"] in listed
    assert "普通号" in listed
    # A hold is nobody who is coming yet.
    assert held["person"]["name"] not in listed
    found = desk.post("/desk/arrivals/look", q=mine["code"])
    assert found.status_code == 200, found.text
    assert "普通号，没有转诊证明也照常看" in found.text
    assert desk.get(f"/desk/arrivals/{mine['id']}", part=True).status_code == 200
    done = desk.post(
        "/desk/arrivals/register",
        category="outpatient",
        department="cardiology",
        resident_id=mine["person"]["id"],
    )
    assert done.status_code == 200, done.text
    with app.app_context(), transaction() as current:
        row = current.get(Appointment, (county_id, UUID(mine["id"])))
        assert (row.status, row.queue_number) == ("arrived", 1)


def test_an_earlier_place_that_was_missed_never_bars_the_door(app: Flask) -> None:
    patient, resident_id = factories.resident_person(app)
    clerk, _ = factories.staff_person(app, "first-hospital", Role.DESK_CLERK)
    desk = browser_of(app, clerk)
    morning, later = make(app, 2, 3, department="cardiology")
    missed = take(patient, morning, confirm=True).json
    with app.app_context(), transaction() as current:
        current.execute(text("UPDATE appointment SET status = 'noshow' WHERE id = :i"), {"i": UUID(missed["id"])})
    second = take(patient, later, confirm=True).json
    for one in (missed, second):
        on_today(app, one["id"])
    done = desk.post(
        "/desk/arrivals/register", category="outpatient", department="cardiology", resident_id=str(resident_id)
    )
    assert done.status_code == 200, done.text
    with app.app_context(), transaction() as current:
        states = [current.get(Appointment, ("xinmi", UUID(one["id"]))).status for one in (missed, second)]
        assert states == ["noshow", "arrived"]

"""Two offers for one place that somebody has, and one coming that two people told of, of which one is struck."""

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from backend.booking.models import Appointment, Slot
from backend.store.db import session, transaction
from tests.integration.booking.test_open_places import make
from tests.integration.booking.test_stops import office, tasks_about
from tests.integration.booking.test_wait_list import entry, full, give_up, wait


def stop_of(app: Flask, slot: UUID) -> str:
    with app.app_context(), transaction() as current:
        return str(current.scalar(select(Slot.session_id).where(Slot.id == slot)))


def test_a_session_is_stopped_also_while_one_of_its_people_is_offered_an_earlier_place(app: Flask) -> None:
    slots, holders = full(app, "orthopedics", 2)
    waiting, mine = holders[1]
    made = wait(app, waiting, "orthopedics")
    assert made.status_code == 201, made.json
    give_up(holders[0])
    earlier = entry(waiting, made.json["id"])["offer_id"]
    assert earlier is not None
    make(app, department="orthopedics", in_days=5)
    answer = office(app).post(f"/api/v1/schedule-sessions/{stop_of(app, slots[1])}/stop", {"reason": "ill"})
    assert (answer.status_code, answer.json) == (200, {"sessions": 1, "people": 1})
    with app.app_context():
        assert tasks_about(mine) == [], "the earlier place is another one to go to"
    assert waiting.post(f"/api/v1/appointments/{earlier}/cancel").status_code == 200
    with app.app_context():
        assert [one.kind for one in tasks_about(mine)] == ["booking.displaced"]


def test_a_place_is_given_up_also_when_who_waits_for_it_has_an_offer_for_a_stopped_session(app: Flask) -> None:
    slots, holders = full(app, "orthopedics", 2)
    waiting, mine = holders[1]
    made = wait(app, waiting, "orthopedics")
    assert made.status_code == 201, made.json
    make(app, department="orthopedics", in_days=6)
    answer = office(app).post(f"/api/v1/schedule-sessions/{stop_of(app, slots[1])}/stop", {"reason": "ill"})
    assert answer.status_code == 200, answer.json
    give_up(holders[0])
    with app.app_context():
        running = session().scalars(
            select(Appointment).where(Appointment.replaces_id == UUID(mine), Appointment.status == "offered")
        )
        assert len(list(running)) == 1

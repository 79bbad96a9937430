"""A doctor's leave: every affected person has an offer or somebody who phones. Nobody is forgotten."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.booking import sweeping
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.jobs import relay
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.oversight.invariants import violations
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import BOTH, HOSPITALS, broken, row_of, run_out, take

REASON = {"reason": "ill"}


def clinic(
    app: Flask, department: str, times: int = 1, *, in_days: float = 6, county_id: str = "xinmi", **values: object
) -> tuple[UUID, list[UUID]]:
    """One session with so many times of one general place each."""
    with app.app_context(), transaction() as current:
        slots = scene.make_slots(
            current,
            times,
            1,
            county_id=county_id,
            institution=HOSPITALS[county_id],
            department=department,
            one_session=True,
            in_days=in_days,
            pool="general",
            **values,
        )
        return slots[0].session_id, [slot.id for slot in slots]


def office(app: Flask, county_id: str = "xinmi") -> Person:
    return factories.staff_person(app, HOSPITALS[county_id], Role.MEDICAL_OFFICE, county_id=county_id)[0]


def tasks_about(appointment: str) -> list[Task]:
    from backend.store.db import session

    return list(session().scalars(select(Task).where(Task.focus_id == UUID(appointment), Task.status == "open")))


def offer_for(appointment: str) -> Appointment | None:
    from backend.store.db import session

    return session().scalar(
        select(Appointment).where(Appointment.replaces_id == UUID(appointment), Appointment.status == "offered")
    )


@BOTH
def test_everybody_affected_has_an_offer_or_a_person_who_phones(app: Flask, county_id: str) -> None:
    stopped, times = clinic(app, "anesthesiology", 3, county_id=county_id)
    _, (other,) = clinic(app, "anesthesiology", in_days=7, county_id=county_id)
    people = [factories.resident_person(app, county_id)[0] for _ in range(3)]
    sure = [take(who, slot, confirm=True).json["id"] for who, slot in zip(people[:2], times, strict=False)]
    held = take(people[2], times[2]).json["id"]
    who = office(app, county_id)
    answer = who.post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON)
    assert (answer.status_code, answer.json) == (200, {"sessions": 1, "people": 2})
    again = who.post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON)
    assert (again.status_code, again.json["code"]) == (409, "already_stopped")
    with app.app_context(), transaction():
        # The first is offered the only other place, the second is phoned, the hold is over.
        offer = offer_for(sure[0])
        assert offer is not None
        assert offer.slot_id == other
        assert [task.kind for task in tasks_about(sure[1])] == ["booking.displaced"]
        assert tasks_about(sure[1])[0].ladder[0]["role"] == "medical_office"
        assert row_of(held).ended_because == "session_stopped"
        offer_id = offer.id
    relay.drain(app)
    with app.app_context(), transaction() as current:
        told = set(current.scalars(select(Notice.focus_id).where(Notice.focus_id.in_([UUID(one) for one in sure]))))
        assert told == {UUID(one) for one in sure}
    seen = people[0].get(f"/api/v1/appointments/{sure[0]}").json
    assert (seen["stopped"], seen["offer_id"]) == (True, str(offer_id))
    assert {"move", "cancel"} <= set(seen["actions"])
    moved = people[0].post(f"/api/v1/appointments/{offer_id}/accept").json
    assert (moved["id"], moved["slot_id"], moved["stopped"]) == (sure[0], str(other), False)
    assert people[1].post(f"/api/v1/appointments/{sure[1]}/cancel").status_code == 200
    with app.app_context(), transaction():
        assert tasks_about(sure[1]) == []
        assert scene.counted(other, county_id) == (1, 1)


def test_an_unanswered_offer_becomes_a_phone_call(app: Flask) -> None:
    stopped, (slot,) = clinic(app, "radiology")
    clinic(app, "radiology", in_days=7)
    patient, _ = factories.resident_person(app)
    mine = take(patient, slot, confirm=True).json["id"]
    office(app).post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON)
    with app.app_context(), transaction() as current:
        offer = offer_for(mine)
        assert offer is not None
        assert tasks_about(mine) == []
        run_out(str(offer.id))
        sweeping.expire_holds(current, "xinmi")
    with app.app_context(), transaction():
        assert [task.kind for task in tasks_about(mine)] == ["booking.displaced"]
        assert row_of(mine).status == "booked"


def test_the_tick_finds_whoever_was_forgotten(app: Flask) -> None:
    stopped, (slot,) = clinic(app, "ultrasound")
    patient, _ = factories.resident_person(app)
    mine = take(patient, slot, confirm=True).json["id"]
    with app.app_context(), transaction() as current:
        # As if somebody had stopped it by hand in the database.
        current.execute(update(ScheduleSession).where(ScheduleSession.id == stopped).values(stopped_at=clock.sql_now()))
    with app.app_context(), transaction() as current:
        assert mine in {one.what for one in violations(current, "I-14d")}
    with app.app_context(), transaction() as current:
        assert sweeping.phone_displaced(current, "xinmi") >= 1
    with app.app_context(), transaction() as current:
        assert sweeping.phone_displaced(current, "xinmi") == 0
        assert [task.kind for task in tasks_about(mine)] == ["booking.displaced"]
    with app.app_context(), transaction() as current:
        assert mine not in {one.what for one in violations(current, "I-14d")}


def test_nothing_new_is_booked_into_a_stopped_session(app: Flask) -> None:
    stopped, slots = clinic(app, "laboratory", 2)
    patient, _ = factories.resident_person(app)
    who = office(app)
    assert broken(who.post(f"/api/v1/schedule-sessions/{stopped}/stop", {"reason": "no-such"})) == "booking.stop_reason"
    assert who.post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON).json["people"] == 0
    assert take(patient, slots[0]).json["code"] == "place_stopped"


def test_only_the_house_stops_its_sessions(app: Flask) -> None:
    stopped, _ = clinic(app, "endoscopy")
    elsewhere, _ = factories.staff_person(app, "tcm-hospital", Role.MEDICAL_OFFICE)
    patient, _ = factories.resident_person(app)
    assert elsewhere.post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON).status_code == 404
    assert patient.post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON).status_code == 403
    shown = office(app).get(f"/api/v1/schedule-sessions/{stopped}").json
    assert (shown["capacity"], shown["taken"], shown["actions"]) == (1, 0, ["stop"])


def test_a_leave_stops_every_session_of_its_days_and_no_others(app: Flask) -> None:
    first, (one,) = clinic(app, "pharmacy", in_days=6)
    second, _ = clinic(app, "pharmacy", in_days=12)
    _, practitioner_id = factories.staff_person(app, "first-hospital", Role.SPECIALIST)
    patient, _ = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        current.execute(
            update(ScheduleSession)
            .where(ScheduleSession.id.in_([first, second]))
            .values(practitioner_id=practitioner_id)
        )
        day = local_day(clock.now(current)) + timedelta(days=6)
    assert take(patient, one, confirm=True).status_code == 201
    given = {"practitioner_id": practitioner_id, "from_on": day, "until_on": day + timedelta(days=2)} | REASON
    answer = office(app).post("/api/v1/leaves", given)
    assert (answer.status_code, answer.json) == (201, {"sessions": 1, "people": 1})
    with app.app_context(), transaction() as current:
        stopped = dict(
            current.execute(
                select(ScheduleSession.id, ScheduleSession.stopped_at.is_not(None)).where(
                    ScheduleSession.id.in_([first, second])
                )
            ).all()
        )
        assert stopped == {first: True, second: False}
        assert current.scalars(select(Slot.stopped).where(Slot.id == one)).one() is True
    foreign = office(app).post("/api/v1/leaves", given | {"practitioner_id": UUID(int=1)})
    assert foreign.status_code == 404


@pytest.mark.parametrize("late", [True, False])
def test_whoever_has_a_stopped_place_may_change_it_at_any_hour(app: Flask, late: bool) -> None:
    stopped, (slot,) = clinic(app, "rehabilitation", in_days=0.1 if late else 3)
    patient, _ = factories.resident_person(app)
    mine = take(patient, slot, confirm=True).json
    assert ("cancel" in mine["actions"]) is not late
    office(app).post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON)
    assert patient.post(f"/api/v1/appointments/{mine['id']}/cancel").status_code == 200


@BOTH
def test_an_added_place_is_looked_after_like_any_other(app: Flask, county_id: str) -> None:
    stopped, (full,) = clinic(app, "ophthalmology", county_id=county_id)
    _, (other,) = clinic(app, "ophthalmology", in_days=7, county_id=county_id)
    assert take(factories.resident_person(app, county_id)[0], full, confirm=True).status_code == 201
    added, resident = factories.resident_person(app, county_id)
    who = office(app, county_id)
    body = {"slot_id": full, "resident_id": resident, "reason": "sick"}
    mine = who.post("/api/v1/appointments/overbook", body).json["id"]
    answer = who.post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON)
    assert (answer.status_code, answer.json) == (200, {"sessions": 1, "people": 2})
    with app.app_context(), transaction():
        offers, phoned = offer_for(mine), tasks_about(mine)
        assert bool(offers) != bool(phoned)
    assert other is not None
    assert added.get(f"/api/v1/appointments/{mine}").json["stopped"] is True


def test_nobody_is_offered_a_time_at_which_they_are_somewhere_else(app: Flask) -> None:
    patient, _ = factories.resident_person(app)
    stopped, [mine] = clinic(app, "respiratory", in_days=6)
    _, [same_hour, later] = clinic(app, "respiratory", 2, in_days=7)
    with app.app_context(), transaction() as current:
        at = current.get_one(Slot, ("xinmi", same_hour)).starts_at
        there = select(ScheduleSession.id).where(ScheduleSession.department == "respiratory")
        others = Slot.session_id.in_(there) & Slot.id.not_in((mine, same_hour, later))
        current.execute(update(Slot).where(others).values(capacity=Slot.taken))  # other tests' days
        current.execute(update(Slot).where(Slot.id == later).values(starts_at=at + timedelta(hours=1)))
        [elsewhere] = scene.make_slots(current, department="dermatology", in_days=7, pool="general")
        elsewhere.starts_at = at + timedelta(minutes=10)
        other = elsewhere.id
    booked = take(patient, mine, confirm=True)
    assert booked.status_code == 201, booked.json
    assert take(patient, other, confirm=True).status_code == 201
    answer = office(app).post(f"/api/v1/schedule-sessions/{stopped}/stop", REASON)
    assert answer.status_code == 200, answer.json
    with app.app_context(), transaction():
        offer = offer_for(booked.json["id"])
        assert offer is not None and offer.slot_id == later

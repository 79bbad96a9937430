"""What staff do: add a place with a reason, check people in with a number, and mind who did not come."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from backend.booking import sweeping
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.jobs import relay
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.store import clock
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import BOTH, HOSPITALS, broken, make, row_of, take
from tests.integration.contracts.conftest import make_team, signed


def desk(app: Flask, county_id: str = "xinmi", *roles: Role) -> Person:
    return factories.staff_person(app, HOSPITALS[county_id], *(roles or (Role.DESK_CLERK,)), county_id=county_id)[0]


def patient(app: Flask, county_id: str = "xinmi") -> UUID:
    return factories.resident_person(app, county_id)[1]


def add(who: Person, slot: UUID, resident: UUID, reason: str = "far", **values: object):
    return who.post(
        "/api/v1/appointments/overbook", {"slot_id": slot, "resident_id": resident, "reason": reason, **values}
    )


@BOTH
def test_an_extra_place_has_a_reason_a_limit_and_a_trace(app: Flask, county_id: str) -> None:
    clerk = desk(app, county_id)
    (slot,) = make(app, county_id=county_id)
    assert broken(add(clerk, slot, patient(app, county_id))) == "booking.over_full_only"
    holder, _ = factories.resident_person(app, county_id)
    assert take(holder, slot, confirm=True).status_code == 201
    assert broken(add(clerk, slot, patient(app, county_id), "because")) == "booking.over_reason"
    first = add(clerk, slot, patient(app, county_id))
    assert first.status_code == 201, first.json
    assert (first.json["status"], first.json["kind_name"]) == ("booked", "加号")
    assert first.json["over_reason"] == "路远，人已经来了"
    assert add(clerk, slot, patient(app, county_id), "sick").status_code == 201
    refused = add(clerk, slot, patient(app, county_id))
    assert broken(refused) == "booking.over_most"
    assert refused.json["violations"][0]["source"]["sample"] is True
    with app.app_context(), transaction() as current:
        row = current.scalars(select(Slot).where(Slot.id == slot)).one()
        assert (row.capacity, row.taken, row.over) == (1, 3, 2)
        trace = current.scalars(select(AuditEvent).where(AuditEvent.entity_id == UUID(first.json["id"]))).first()
        assert (trace.action, trace.detail["reason"]) == ("appointment.overbook", "far")
        assert trace.account_id == clerk.account_id


def test_an_added_place_goes_with_the_person_it_was_added_for(app: Flask) -> None:
    clerk = desk(app)
    holder, _ = factories.resident_person(app)
    next_one, _ = factories.resident_person(app)
    (slot,) = make(app)
    mine = take(holder, slot, confirm=True).json["id"]
    added = add(clerk, slot, patient(app)).json["id"]
    assert clerk.post(f"/api/v1/appointments/{added}/cancel").status_code == 200
    assert take(next_one, slot).json["code"] == "place_full"
    assert add(clerk, slot, patient(app)).status_code == 201
    # The first one gives up: the added place fills the gap, and nothing is free.
    assert holder.post(f"/api/v1/appointments/{mine}/cancel").status_code == 200
    assert take(next_one, slot).json["code"] == "place_full"
    with app.app_context(), transaction() as current:
        row = current.scalars(select(Slot).where(Slot.id == slot)).one()
        assert (row.capacity, row.taken, row.over) == (1, 1, 0)


def test_a_doctor_from_below_asks_and_the_desk_says_yes(app: Flask) -> None:
    team = make_team(app)
    _, resident_id, _ = signed(app, team)
    holder, _ = factories.resident_person(app)
    (slot,) = make(app)
    take(holder, slot, confirm=True)
    asked = add(team.leader, slot, resident_id, "sick")
    assert asked.status_code == 201, asked.json
    assert (asked.json["status"], asked.json["confirm_by"] is not None) == ("pending", True)
    with app.app_context(), transaction() as current:
        task = current.scalars(select(Task).where(Task.focus_id == UUID(asked.json["id"]))).one()
        assert (task.kind, task.role) == ("booking.confirm", "desk_clerk")
    listed = desk(app).get("/api/v1/appointments/pending?limit=100").json["items"]
    assert asked.json["id"] in {one["id"] for one in listed}
    granted = desk(app).post(f"/api/v1/appointments/{asked.json['id']}/grant")
    assert (granted.status_code, granted.json["status"]) == (200, "booked")


def test_another_house_and_residents_add_nothing(app: Flask) -> None:
    holder, own = factories.resident_person(app)
    (slot,) = make(app)
    take(holder, slot, confirm=True)
    elsewhere, _ = factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)
    assert broken(add(elsewhere, slot, patient(app))) == "booking.own_house"
    assert add(holder, slot, own).status_code == 403


@pytest.mark.clause("XM-5.4b")
def test_check_in_gives_the_sessions_next_number_once(app: Flask) -> None:
    clerk = desk(app)
    with app.app_context(), transaction() as current:
        slots = [slot.id for slot in scene.make_slots(current, 2, 2, one_session=True, pool="general")]
    people = [factories.resident_person(app)[0] for _ in range(3)]
    made = [take(who, slots[n % 2], confirm=True).json for n, who in enumerate(people)]
    first = clerk.post("/api/v1/appointments/check-in", {"code": made[2]["code_text"]})
    assert (first.status_code, first.json["status"], first.json["queue_number"]) == (200, "arrived", 1)
    second = clerk.post(f"/api/v1/appointments/{made[0]['id']}/check-in")
    assert second.json["queue_number"] == 2
    again = clerk.post(f"/api/v1/appointments/{made[0]['id']}/check-in")
    assert (again.status_code, again.json["code"]) == (409, "already_arrived")
    assert "2 号" in again.json["detail"]
    done = clerk.post(f"/api/v1/appointments/{made[0]['id']}/finish")
    assert (done.status_code, done.json["status"]) == (200, "fulfilled")
    assert clerk.post(f"/api/v1/appointments/{made[1]['id']}/finish").status_code == 409
    wrong = clerk.post("/api/v1/appointments/check-in", {"code": "23456789"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "cannot_read")
    elsewhere, _ = factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)
    other_house = elsewhere.post("/api/v1/appointments/check-in", {"code": made[1]["code"]})
    assert other_house.status_code == 404
    assert people[1].post(f"/api/v1/appointments/{made[1]['id']}/check-in").status_code == 403


def over(app: Flask, appointments: list[str]) -> None:
    """The sessions of these appointments were this morning."""
    with app.app_context(), transaction() as current:
        current.execute(
            text(
                "UPDATE schedule_session SET starts_at = liandong_now() - interval '6 hours',"
                " ends_at = liandong_now() - interval '3 hours' WHERE id IN (SELECT session_id FROM slot WHERE id IN"
                " (SELECT slot_id FROM appointment WHERE id = ANY(:a)))"
            ),
            {"a": [UUID(one) for one in appointments]},
        )
        current.execute(
            update(Appointment)
            .where(Appointment.id.in_([UUID(one) for one in appointments]))
            .values(starts_at=clock.sql_now() - timedelta(hours=5), day=local_day(clock.now(current)))
        )


@BOTH
def test_who_did_not_come_is_reminded_kindly_and_never_shut_out(app: Flask, county_id: str) -> None:
    clerk = desk(app, county_id)
    absent, resident_id = factories.resident_person(app, county_id)
    missed = []
    for _ in range(2):
        present, _ = factories.resident_person(app, county_id)
        with app.app_context(), transaction() as current:
            slots = [
                slot.id
                for slot in scene.make_slots(
                    current,
                    2,
                    1,
                    county_id=county_id,
                    institution=HOSPITALS[county_id],
                    one_session=True,
                    pool="general",
                )
            ]
        missed.append(take(absent, slots[0], confirm=True).json["id"])
        came = take(present, slots[1], confirm=True).json["id"]
        assert clerk.post(f"/api/v1/appointments/{came}/check-in").status_code == 200
        over(app, [missed[-1], came])
        with app.app_context(), transaction() as current:
            assert sweeping.mark_missed(current, county_id) >= 1
    relay.drain(app)
    shown = absent.get(f"/api/v1/appointments/{missed[1]}").json
    assert (shown["status"], "帮您改时间" in shown["advice"]) == ("noshow", True)
    with app.app_context(), transaction() as current:
        helped = list(current.scalars(select(Task).where(Task.resident_id == resident_id, Task.kind == "booking.help")))
        assert helped
        assert {task.detail["missed"] for task in helped} == {2}
        told = current.scalars(
            select(Notice).where(Notice.focus_id == UUID(missed[0]), Notice.dedupe_key.endswith("missed"))
        ).one()
        assert told.fields == {}
    (slot,) = make(app, county_id=county_id)
    assert take(absent, slot, confirm=True).status_code == 201
    # Who comes late is let in all the same.
    late = clerk.post(f"/api/v1/appointments/{missed[1]}/check-in")
    assert (late.status_code, late.json["status"]) == (200, "arrived")


def test_where_nobody_was_checked_in_the_desk_is_asked_and_nobody_blamed(app: Flask) -> None:
    patient_, _ = factories.resident_person(app)
    (slot,) = make(app)
    mine = take(patient_, slot, confirm=True).json["id"]
    over(app, [mine])
    with app.app_context(), transaction() as current:
        sweeping.mark_missed(current, "xinmi")
    with app.app_context(), transaction() as current:
        assert sweeping.mark_missed(current, "xinmi") == 0
        assert row_of(mine).status == "booked"
        session_id = current.scalars(
            select(ScheduleSession.id)
            .join(Slot, (Slot.county_id == ScheduleSession.county_id) & (Slot.session_id == ScheduleSession.id))
            .where(Slot.id == slot)
        ).one()
        task = current.scalars(select(Task).where(Task.focus_id == session_id)).one()
        assert (task.kind, task.institution, task.detail) == ("booking.who_came", "first-hospital", {"places": 1})

"""Cancelling, offering, stopping, adding and checking in at the same moment: never two holders, nobody forgotten."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backend.booking import coming, displaced, offers, open_places, overbooking, service, stops, wait_list
from backend.booking.models import Appointment, ScheduleSession, Slot, WaitlistEntry
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, LiandongError
from backend.kernel.roles import Actor, Role, system_actor
from backend.people.models import Resident
from backend.store import clock
from backend.store.db import session, transaction
from backend.worklist.models import Task
from tests.integration.booking import scene
from tests.integration.booking.test_race import assert_nothing_drifts, at_once, booking, referrals, slots
from tests.integration.booking.test_race_open import general, people, taking

XINMI = system_actor("xinmi")
DESK = Actor("xinmi", None, frozenset({Role.DESK_CLERK}), institution="first-hospital")


def waiting(app: Flask, who: list[Resident], department: str) -> list[UUID]:
    """Everybody on the list of a department, in this order."""
    with app.app_context(), transaction() as current:
        today = local_day(clock.now(current))
        rows = [
            WaitlistEntry(
                county_id="xinmi",
                resident_id=one.id,
                institution="first-hospital",
                department=department,
                pool="general",
                from_on=today,
                until_on=today + timedelta(days=60),
                created_at=clock.now(current) + timedelta(seconds=number),
            )
            for number, one in enumerate(who)
        ]
        current.add_all(rows)
        current.flush()
        return [row.id for row in rows]


def entries(ids: list[UUID]) -> list[str]:
    found = dict(
        session().execute(select(WaitlistEntry.id, WaitlistEntry.status).where(WaitlistEntry.id.in_(ids))).all()
    )
    return [found[one] for one in ids]


@pytest.mark.clause("XM-5.4b")
def test_three_cancels_at_once_on_each_of_forty_slots_are_exact(rush_app: Flask) -> None:
    for slot_id in slots(rush_app, 40, 5):
        made = at_once(rush_app, [booking(who, slot_id) for who in referrals(rush_app, 5)])
        cancels = [lambda one=one: service.cancel(XINMI, scene.appointment(one), 1, "self") for one in made[:3]]
        answers = at_once(rush_app, [*cancels, cancels[0]])
        assert sum(answer is None for answer in answers) == 3, answers
        assert [answer.code for answer in answers if answer is not None] == ["already_cancelled"]
        with rush_app.app_context():
            assert scene.counted(slot_id) == (2, 2)
    assert_nothing_drifts(rush_app)


def test_a_freed_place_has_one_holder_whoever_is_quick(rush_app: Flask) -> None:
    for _ in range(10):
        (slot_id,) = general(rush_app, 1, 1, department="pathology")
        (holder, *quick), (first, second) = people(rush_app, 5), people(rush_app, 2)
        (made,) = at_once(rush_app, [taking(holder, slot_id)])
        ids = waiting(rush_app, [first, second], "pathology")

        def free(made: UUID = made) -> None:
            service.cancel(XINMI, scene.appointment(made), 1, "self")

        answers = at_once(rush_app, [free, *[taking(who, slot_id) for who in quick], *[_offer_all] * 2])
        assert not isinstance(answers[0], Exception), answers
        with rush_app.app_context(), transaction() as current:
            assert entries(ids) == ["offered", "waiting"], answers
            assert not any(isinstance(answer, UUID) for answer in answers[1:5])
            live = current.scalars(
                select(Appointment.status).where(Appointment.slot_id == slot_id, Appointment.status != "cancelled")
            ).all()
            assert live == ["offered"]
            assert scene.counted(slot_id) == (1, 1)
            current.execute(text("UPDATE waitlist_entry SET status = 'left' WHERE id = ANY(:i)"), {"i": ids})
    assert_nothing_drifts(rush_app)


def _offer_all() -> int:
    return offers.offer_waited_for(session(), "xinmi")


def test_an_offer_is_taken_or_runs_out_and_the_next_is_asked_once(rush_app: Flask) -> None:
    for _ in range(10):
        (slot_id,) = general(rush_app, 1, 1, department="anesthesiology")
        first, second = people(rush_app, 2)
        ids = waiting(rush_app, [first, second], "anesthesiology")
        with rush_app.app_context(), transaction() as current:
            assert offers.offer_freed("xinmi", [slot_id]) == 1
            current.execute(
                text("UPDATE appointment SET held_until = liandong_now() + interval '25 ms' WHERE slot_id = :s"),
                {"s": slot_id},
            )
            offer = current.scalars(select(Appointment.id).where(Appointment.slot_id == slot_id)).one()

        def accept(offer: UUID = offer) -> Any:
            return offers.accept(XINMI, scene.appointment(offer), 1)

        answers = at_once(rush_app, [accept, *[lambda s=slot_id: offers.expire("xinmi", s)] * 3])
        with rush_app.app_context(), transaction() as current:
            current.execute(text("SELECT pg_sleep(0.05)"))
            offers.expire("xinmi", slot_id)
            if isinstance(answers[0], UUID):
                assert entries(ids) == ["served", "waiting"], answers
            else:
                assert answers[0].code == "offer_expired", answers
                assert entries(ids) == ["waiting", "offered"], answers
            assert scene.counted(slot_id) == (1, 1)
            current.execute(text("UPDATE waitlist_entry SET status = 'left' WHERE id = ANY(:i)"), {"i": ids})
    assert_nothing_drifts(rush_app)


def test_a_session_stopped_in_the_middle_of_a_rush_forgets_nobody(rush_app: Flask) -> None:
    for _ in range(12):
        (slot_id,) = general(rush_app, 1, 8, department="radiology")
        crowd = people(rush_app, 7)

        def stop(slot_id: UUID = slot_id) -> int:
            slot = session().get(Slot, ("xinmi", slot_id))
            assert slot is not None
            on = session().get(ScheduleSession, ("xinmi", slot.session_id))
            assert on is not None
            return stops.stop(DESK, on, "ill")

        def book(who: Resident, slot_id: UUID = slot_id) -> Callable[[], Any]:
            def act() -> Any:
                made = open_places.take(XINMI, who, slot_id)
                open_places.confirm(XINMI, scene.appointment(made), 1)
                return made

            return act

        answers = at_once(rush_app, [*[book(who) for who in crowd[:4]], stop, *[book(who) for who in crowd[4:]]])
        assert isinstance(answers[4], int), answers
        won = [answer for answer in answers if isinstance(answer, UUID)]
        for answer in answers:
            assert isinstance(answer, int | UUID) or answer.code in ("place_stopped", "busy", "hold_expired"), answers
        assert answers[4] == len(won)
        with rush_app.app_context(), transaction() as current:
            looked_after = current.scalar(
                select(func.count(func.distinct(Appointment.id))).where(
                    Appointment.id.in_(won),
                    (
                        select(Task.id)
                        .where(Task.focus_id == Appointment.id, Task.kind == displaced.KIND, Task.status == "open")
                        .exists()
                    )
                    | Appointment.id.in_(select(Appointment.replaces_id).where(Appointment.status == "offered")),
                )
            )
            assert looked_after == len(won), answers
    assert_nothing_drifts(rush_app)


def test_eight_desks_add_no_more_than_the_countys_extra_places(rush_app: Flask) -> None:
    for slot_id in general(rush_app, 8, 1, department="ultrasound"):
        at_once(rush_app, [taking(who, slot_id) for who in people(rush_app, 1)])
        crowd = people(rush_app, 8)
        answers = at_once(rush_app, [lambda who=who, s=slot_id: overbooking.add(DESK, who, s, "sick") for who in crowd])
        assert sum(isinstance(answer, UUID) for answer in answers) == 2, answers
        with rush_app.app_context():
            assert scene.counted(slot_id) == (3, 3)
    assert_nothing_drifts(rush_app)


def test_eight_check_ins_have_eight_numbers(rush_app: Flask) -> None:
    for slot_id in general(rush_app, 4, 8, department="rehabilitation"):
        made = at_once(rush_app, [taking(who, slot_id) for who in people(rush_app, 8)])
        with rush_app.app_context(), transaction():
            for one in made:
                open_places.confirm(XINMI, scene.appointment(one), 1)
        twice = [*made, *made[:2]]
        answers = at_once(rush_app, [lambda one=one: coming.check_in(XINMI, scene.appointment(one)) for one in twice])
        numbers = [answer for answer in answers if isinstance(answer, int)]
        assert sorted(numbers) == list(range(1, 9)), answers
        assert [answer.code for answer in answers if isinstance(answer, LiandongError)] == ["already_arrived"] * 2


def test_one_person_is_on_the_list_once(rush_app: Flask) -> None:
    for _ in range(5):
        (who,) = people(rush_app, 1)
        with rush_app.app_context(), transaction() as current:
            today = local_day(clock.now(current))
            current.execute(
                text(
                    "UPDATE slot SET capacity = taken FROM schedule_session s WHERE s.id = slot.session_id"
                    " AND s.department = 'endoscopy' AND slot.county_id = 'xinmi'"
                )
            )

        def join(who: Resident = who, today: date = today) -> Any:
            return wait_list.join(XINMI, who, "first-hospital", "endoscopy", today, today + timedelta(days=9)).id

        answers = at_once(rush_app, [join] * 6)
        assert sum(isinstance(answer, UUID) for answer in answers) == 1, answers
        assert {answer.code for answer in answers if isinstance(answer, Conflict)} == {"already_waiting"}

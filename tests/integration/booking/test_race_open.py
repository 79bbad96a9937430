"""Places without a referral under a rush: holds, expiry, give-back, limits, the slot maker. I-01, I-05."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backend.alliance.queries import pack
from backend.booking import open_places, sweeping
from backend.booking.models import ScheduleSession, Slot
from backend.booking.planning import planned
from backend.booking.slot_maker import make_slots
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, LiandongError
from backend.kernel.roles import system_actor
from backend.people.models import Resident
from backend.store import clock
from backend.store.db import session, transaction
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.test_race import assert_nothing_drifts, at_once

XINMI = system_actor("xinmi")


def people(app: Flask, count: int) -> list[Resident]:
    with app.app_context(), transaction() as current:
        return [factories.make_resident(current) for _ in range(count)]


def general(app: Flask, count: int, capacity: int, **values: Any) -> list[UUID]:
    with app.app_context(), transaction() as current:
        return [slot.id for slot in scene.make_slots(current, count, capacity, pool="general", **values)]


def taking(who: Resident, slot_id: UUID) -> Any:
    return lambda: open_places.take(XINMI, who, slot_id)


@pytest.mark.parametrize(("capacity", "crowd"), [(5, 10), (1, 8)])
def test_forty_open_slots_are_held_exactly(rush_app: Flask, capacity: int, crowd: int) -> None:
    for slot_id in general(rush_app, 40, capacity):
        answers = at_once(rush_app, [taking(who, slot_id) for who in people(rush_app, crowd)])
        assert sum(isinstance(answer, UUID) for answer in answers) == capacity, answers
        assert {getattr(answer, "code", "won") for answer in answers} == {"won", "place_full"}
        with rush_app.app_context():
            assert scene.counted(slot_id) == (capacity, capacity)
    assert_nothing_drifts(rush_app)


def test_one_person_at_eight_screens_has_one_hold(rush_app: Flask) -> None:
    for _ in range(8):
        (mine,), slots = people(rush_app, 1), general(rush_app, 8, 2)
        answers = at_once(rush_app, [taking(mine, slot_id) for slot_id in slots])
        assert sum(isinstance(answer, UUID) for answer in answers) == 1, answers
        assert all(isinstance(answer, UUID | LiandongError) for answer in answers), answers
        with rush_app.app_context():
            assert sum(scene.counted(slot_id)[0] for slot_id in slots) == 1
    assert_nothing_drifts(rush_app)


def test_a_hold_is_confirmed_or_runs_out_and_never_both(rush_app: Flask) -> None:
    for slot_id in general(rush_app, 15, 1):
        (mine,) = people(rush_app, 1)
        with rush_app.app_context(), transaction() as current:
            made = open_places.take(XINMI, mine, slot_id)
            current.execute(
                text("UPDATE appointment SET held_until = liandong_now() + interval '30 milliseconds' WHERE id = :i"),
                {"i": made},
            )

        def confirm(made: UUID = made) -> None:
            open_places.confirm(XINMI, scene.appointment(made), 1)

        answers = at_once(rush_app, [confirm, *[lambda s=slot_id: open_places.expire("xinmi", s)] * 3])
        with rush_app.app_context(), transaction():
            current = session()
            current.execute(text("SELECT pg_sleep(0.05)"))
            open_places.expire("xinmi", slot_id)
            row = scene.appointment(made)
            assert answers[0] is None or isinstance(answers[0], Conflict), answers
            assert row.status == ("booked" if answers[0] is None else "cancelled")
            taken, rows = scene.counted(slot_id)
            assert taken == rows
    assert_nothing_drifts(rush_app)


def test_giving_back_while_people_book_moves_every_place_once(rush_app: Flask) -> None:
    for number in range(10):
        with rush_app.app_context(), transaction() as current:
            due = clock.now(current) - timedelta(minutes=1)
            (kept,) = scene.make_slots(current, 1, 6, in_days=6 + number, gives_back_at=due)
            referrals = [scene.make_referral(current) for _ in range(4)]
        from tests.integration.booking.test_race import booking

        def give() -> int:
            return sweeping.give_back(session(), "xinmi")

        answers = at_once(rush_app, [*[booking(one, kept.id) for one in referrals], give, give, give])
        for answer in answers[:4]:
            assert isinstance(answer, UUID) or answer.code == "place_full", answers
        with rush_app.app_context(), transaction() as current:
            sweeping.give_back(current, "xinmi")
            pools = {
                row.pool: row for row in current.scalars(select(Slot).where(Slot.session_id == kept.session_id)).all()
            }
            won = sum(isinstance(answer, UUID) for answer in answers[:4])
            assert (pools["referral"].capacity, pools["referral"].taken) == (won, won)
            assert pools["general"].capacity == 6 - won
    assert_nothing_drifts(rush_app)


def _make_the_day() -> int:
    return make_slots(session(), "xinmi")


@pytest.mark.clause("XM-5.4b")
def test_eight_makers_of_one_day_make_it_once(rush_app: Flask) -> None:
    with rush_app.app_context(), transaction() as current:
        make_slots(current, "xinmi")
        lead_days = pack("xinmi").booking.quota.referral_lead_days
        day: date = current.scalars(
            select(func.max(ScheduleSession.day)).where(
                ScheduleSession.county_id == "xinmi",
                ScheduleSession.template == "county-morning",
                # Another test on this database may have made days for a later today.
                ScheduleSession.day <= local_day(clock.now(current)) + timedelta(days=lead_days),
            )
        ).one()
        where = "county_id = 'xinmi' AND day = :d AND template = ANY(:t)"
        given = {"d": day, "t": sorted({one.template for one in planned(pack("xinmi"), day)})}
        current.execute(
            text(f"DELETE FROM slot WHERE session_id IN (SELECT id FROM schedule_session WHERE {where})"), given
        )
        current.execute(text(f"DELETE FROM schedule_session WHERE {where}"), given)
        expected = {one.key: one.capacity for one in planned(pack("xinmi"), day)}
    # Each with a connection and a transaction of its own: what the database sees of eight processes.
    assert not [one for one in at_once(rush_app, [_make_the_day] * 8) if isinstance(one, Exception)]
    with rush_app.app_context(), transaction() as current:
        rows = current.execute(
            select(
                ScheduleSession.institution,
                ScheduleSession.department,
                ScheduleSession.template,
                func.sum(Slot.capacity).label("places"),
            )
            .join(Slot, (Slot.county_id == ScheduleSession.county_id) & (Slot.session_id == ScheduleSession.id))
            .where(
                ScheduleSession.county_id == "xinmi",
                ScheduleSession.day == day,
                ScheduleSession.template.in_(given["t"]),
            )
            .group_by(ScheduleSession.county_id, ScheduleSession.id)
        ).all()
    assert {(row.institution, row.department, day, row.template): row.places for row in rows} == expected
    assert len(rows) == len(expected)

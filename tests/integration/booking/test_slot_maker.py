"""The coming weeks' places from each county's own pack: once, skipping holidays, and never guessing a year."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backend.alliance.queries import pack
from backend.booking.models import ScheduleSession, Slot
from backend.booking.planning import planned
from backend.booking.slot_maker import make_slots
from backend.kernel.clock import SHANGHAI, local_day
from backend.store import clock
from backend.store.db import session
from backend.worklist.models import Task


@pytest.fixture
def rolled_back(app: Flask) -> Any:
    """A transaction that leaves nothing behind, so that time may be turned in it."""
    with app.app_context():
        yield session()
        session().rollback()
        session().close()


def at_noon_of(current: Any, day: date) -> None:
    now = clock.now(current).astimezone(SHANGHAI)
    clock.turn(current, timedelta(days=(day - now.date()).days, hours=12 - now.hour))


@pytest.mark.parametrize(
    "county_id",
    [
        pytest.param("xinmi", marks=pytest.mark.clause("XM-5.4b")),
        pytest.param("mangshi", marks=pytest.mark.clause("MS-4.2.1")),
    ],
)
def test_every_session_keeps_the_promised_share_for_referred_patients(rolled_back: Any, county_id: str) -> None:
    current = rolled_back
    current.execute(text("DELETE FROM slot WHERE taken = 0 AND id NOT IN (SELECT slot_id FROM appointment)"))
    current.execute(text("DELETE FROM schedule_session WHERE id NOT IN (SELECT session_id FROM slot)"))
    assert make_slots(current, county_id) > 50
    assert make_slots(current, county_id) == 0
    quota = pack(county_id).booking.quota
    rows = current.execute(
        select(ScheduleSession.template, ScheduleSession.expert, func.sum(Slot.capacity).label("kept"))
        .join(Slot, (Slot.county_id == ScheduleSession.county_id) & (Slot.session_id == ScheduleSession.id))
        .where(ScheduleSession.county_id == county_id, Slot.pool == "referral")
        .group_by(ScheduleSession.county_id, ScheduleSession.id)
    ).all()
    capacities = {template.code: template.capacity for template in pack(county_id).booking.templates}
    for row in rows:
        if row.template in capacities:
            percent = quota.referral_expert_percent if row.expert else quota.referral_percent
            assert row.kept * 100 >= capacities[row.template] * percent
    today = local_day(clock.now(current))
    last = today + timedelta(days=quota.referral_lead_days)
    days = current.scalars(
        select(ScheduleSession.day).where(
            ScheduleSession.county_id == county_id,
            ScheduleSession.template.in_(capacities),
            # Another test on this database may have made days for a later today, and booked there.
            ScheduleSession.day <= last,
        )
    ).all()
    assert max(days) == last or max(days).isoweekday() >= 5
    assert min(days) >= today


def test_a_holiday_has_no_session_and_a_worked_weekend_has_only_what_runs_all_week(rolled_back: Any) -> None:
    current = rolled_back
    assert current.is_active
    assert list(planned(pack("xinmi"), date(2026, 10, 1))) == []
    worked = list(planned(pack("xinmi"), date(2026, 10, 10)))
    assert {"county-morning", "county-afternoon"} <= {one.template for one in worked}
    assert "county-expert" not in {one.template for one in worked}


def test_a_year_without_known_holidays_is_an_alarm_and_not_a_guess(rolled_back: Any) -> None:
    current = rolled_back
    at_noon_of(current, date(2026, 12, 28))
    make_slots(current, "xinmi")
    days = set(current.scalars(select(ScheduleSession.day).where(ScheduleSession.county_id == "xinmi")))
    assert date(2026, 12, 31) in days
    assert not [day for day in days if day.year == 2027 and day not in _scene_days(current)]
    task = current.scalar(select(Task).where(Task.county_id == "xinmi", Task.dedupe_key == "holidays.unknown:2027"))
    assert task is not None
    assert (task.role, task.detail) == ("bureau", {"year": 2027})


def _scene_days(current: Any) -> set[date]:
    codes = [template.code for template in pack("xinmi").booking.templates]
    return set(current.scalars(select(ScheduleSession.day).where(ScheduleSession.template.not_in(codes))))

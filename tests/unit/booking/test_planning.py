"""Holidays with their scope, working Saturdays, and what is off: a session's template, never the hospital. XM-5.4b."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from backend.alliance.packs import Pack, load_pack
from backend.booking.planning import planned, runs

COUNTIES = Path(__file__).parents[3] / "counties"
WEEK = (1, 2, 3, 4, 5)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


@cache
def county(name: str) -> Pack:
    return load_pack(COUNTIES / name)


@pytest.mark.parametrize(
    ("name", "house", "day", "weekdays", "expected"),
    [
        # The whole country rests, every house of both counties.
        ("xinmi", "first-hospital", date(2026, 10, 1), EVERY_DAY, False),
        ("mangshi", "people-hospital", date(2026, 10, 1), EVERY_DAY, False),
        # 目瑙纵歌节 is the one county's.
        ("mangshi", "people-hospital", date(2026, 3, 4), WEEK, False),
        ("xinmi", "first-hospital", date(2026, 3, 4), WEEK, True),
        # 阔时节 is one people's: they rest, the sessions do not.
        ("mangshi", "people-hospital", date(2026, 1, 30), WEEK, True),
        # The farm's own day is the farm's own.
        ("mangshi", "zhefang-farm-hospital", date(2026, 11, 28), EVERY_DAY, False),
        ("mangshi", "th-fengping", date(2026, 11, 28), EVERY_DAY, True),
        # A Saturday worked for a holiday: what runs all week runs, the clinic of some weekdays does not.
        ("xinmi", "first-hospital", date(2026, 10, 10), WEEK, True),
        ("xinmi", "first-hospital", date(2026, 10, 10), (2, 4), False),
        ("mangshi", "people-hospital", date(2026, 4, 18), WEEK, True),
        ("xinmi", "first-hospital", date(2026, 4, 18), WEEK, False),
        # An ordinary week.
        ("xinmi", "first-hospital", date(2026, 12, 1), (2, 4), True),
        ("xinmi", "first-hospital", date(2026, 12, 2), (2, 4), False),
    ],
)
def test_a_day_off_has_a_scope(name: str, house: str, day: date, weekdays: tuple[int, ...], expected: bool) -> None:
    assert runs(county(name), weekdays, house, day) is expected


@pytest.mark.parametrize("name", ["xinmi", "mangshi"])
def test_a_day_has_each_session_once_and_examinations_where_they_are_made(name: str) -> None:
    rules = county(name)
    sessions = list(planned(rules, date(2026, 12, 2)))
    assert len({one.key for one in sessions}) == len(sessions)
    made = {(one.item, one.institution) for one in sessions if one.kind == "examination"}
    assert made == {
        (item.code, house) for item in rules.booking.examinations if 3 in item.weekdays for house in item.institutions
    }
    departments = {entry.code: set(entry.departments) for entry in rules.institutions.institutions}
    assert all(one.department in departments[one.institution] for one in sessions)

"""Working time: lunch, weekends, holidays, working Saturdays, a year that nobody entered."""

from datetime import date, datetime
from pathlib import Path

import pytest

from backend.alliance.packs import load_pack
from backend.alliance.working_time import Office, office
from backend.kernel.clock import SHANGHAI


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def agency() -> Office:
    pack = load_pack(Path("counties/mangshi"))
    return office(pack, "insurance_agency", date(2026, 3, 2))


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-05-13T09:00", 60, "2026-05-13T10:00"),
        ("2026-05-13T11:00", 60, "2026-05-13T15:00"),  # over lunch 11:30-14:30
        ("2026-05-13T11:00", 30, "2026-05-13T11:30"),  # the last minute of the morning counts
        ("2026-05-13T17:30", 60, "2026-05-14T09:00"),  # over night
        ("2026-05-15T17:30", 60, "2026-05-18T09:00"),  # over a weekend
        ("2026-05-16T10:00", 1, "2026-05-18T08:31"),  # begun on a Saturday
        ("2026-02-14T09:00", 60, "2026-02-14T10:00"),  # a Saturday on which offices work
        ("2026-02-15T09:00", 60, "2026-02-24T09:30"),  # Spring Festival
        ("2026-05-13T06:00", 0, "2026-05-13T08:30"),  # nothing to do is still done when somebody is there
    ],
)
def test_working_minutes(agency: Office, start: str, minutes: int, end: str) -> None:
    found = agency.after_minutes(at(start), minutes)
    assert found.at == at(end)
    assert found.calendar_known


def test_a_year_nobody_entered_is_said_and_not_guessed(agency: Office) -> None:
    found = agency.after_minutes(at("2026-12-31T17:30"), 60)
    assert not found.calendar_known
    assert found.at == at("2027-01-01T09:00")  # a plain Friday, because nobody said otherwise


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [("2026-05-13T20:00", 1, "2026-05-14T18:00"), ("2026-05-15T20:00", 1, "2026-05-18T18:00")],
)
def test_working_days_end_with_the_office(agency: Office, start: str, days: int, end: str) -> None:
    assert agency.after_days(at(start), days).at == at(end)


def test_open_at(agency: Office) -> None:
    assert agency.open_at(at("2026-05-13T08:30"))
    assert not agency.open_at(at("2026-05-13T12:00"))
    assert not agency.open_at(at("2026-05-13T18:00"))
    assert not agency.open_at(at("2026-05-16T09:00"))


def test_an_office_without_hours_never_closes(agency: Office) -> None:
    always = Office(None, agency.holidays)
    assert always.open_at(at("2026-05-16T03:00"))
    assert always.after_minutes(at("2026-05-16T23:30"), 60).at == at("2026-05-17T00:30")

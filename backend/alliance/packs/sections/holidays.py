"""holidays.toml: days off and working weekends, each with its scope; an unknown year is an alarm."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import Code, Many, PackModel, Sourced, Text


class Holiday(Sourced):
    """Days off from ``first`` to ``last``; sessions rest, emergency never does."""

    name: Text
    first: dt.date
    last: dt.date
    scope: Literal["national", "county", "people", "institution"]
    people: Text | None = None
    institution: Code | None = None


class WorkingDay(Sourced):
    """A Saturday or Sunday on which offices work."""

    name: Text
    date: dt.date
    scope: Literal["national", "county"]


class BadTime(Sourced):
    """Days when villagers cannot be reached, or best can (harvest, migrants home)."""

    name: Text
    first: dt.date
    last: dt.date
    for_follow_up: Literal["avoid", "best"]


class HolidaysSection(PackModel):
    """The calendar of the years named in ``years``."""

    years: Many[Annotated[int, Field(ge=2016, le=2100)]]
    holidays: Many[Holiday]
    working_days: Many[WorkingDay]
    follow_up_times: Many[BadTime] = ()

    def known(self, day: dt.date) -> bool:
        """Whether the pack knows that year; if not, a person must enter it."""
        return day.year in self.years

    def holiday(self, day: dt.date, institution: str | None = None) -> Holiday | None:
        """The holiday of the whole county, or of that institution, on that day; None if it is none.

        Days of one people only are never a reason to close: ask ``for_people``.
        """
        for entry in self.holidays:
            mine = entry.scope in ("national", "county") or (
                entry.scope == "institution" and entry.institution == institution
            )
            if mine and entry.first <= day <= entry.last:
                return entry
        return None

    def for_people(self, day: dt.date, people: str) -> Holiday | None:
        """The holiday of one people on that day; None if it is none."""
        for entry in self.holidays:
            if entry.scope == "people" and entry.people == people and entry.first <= day <= entry.last:
                return entry
        return None

    def works(self, day: dt.date, weekdays: tuple[int, ...], institution: str | None = None) -> bool:
        """Whether an office with these weekdays (Monday 1) works on that day."""
        if any(entry.date == day for entry in self.working_days):
            return True
        return self.holiday(day, institution) is None and day.isoweekday() in weekdays

"""county.toml: who the county is, its levels of care, its words and its working hours."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backend.alliance.packs.base import Code, Dated, Many, PackModel, Sourced, Text

Tier = Literal["grassroots", "county", "prefecture", "province"]
"""What a level means to every county, whatever the county calls it; indicators count by tier, never by place."""

Term = Literal[
    "resident_insurance",
    "health_bureau",
    "insurance_agency",
    "village_clinic",
    "township_hospital",
    "county_level",
    "prefecture_level",
    "referral_desk",
    "referral_certificate",
]
"""A word that differs from county to county or from year to year."""


class Level(PackModel):
    """One level of care; the lower the rank, the nearer to the villager."""

    code: Code
    rank: Annotated[int, Field(ge=1, le=20)]
    tier: Tier
    name: Text
    plain: Text


class Word(PackModel):
    """What a term is called on a screen from a day on."""

    term: Term
    text: Text
    effective_from: dt.date


class Span(PackModel):
    """Part of a working day, in the county's wall time; ends after it starts."""

    start: dt.time
    end: dt.time


class WorkingHours(Dated):
    """When an office works; deadlines in working time count only these minutes. Weekday 1 is Monday."""

    office: Literal["referral_desk", "insurance_agency", "township", "village", "bureau"]
    weekdays: Many[Annotated[int, Field(ge=1, le=7)]]
    spans: Many[Span]


class NightRest(Sourced):
    """No ordinary notice is sent in these hours; danger is told at any time."""

    start: dt.time
    end: dt.time


class CountySection(PackModel):
    """The county itself and the version of its pack."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,31}$")]
    name: Text
    short_name: Text
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    prefecture: Text
    province: Text
    area_code: Annotated[str, StringConstraints(pattern=r"^0[0-9]{2,3}$")]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.[0-9]{1,3}$")]
    effective_from: dt.date
    clause_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}$")]
    policy_title: Text
    motto: Text
    languages: Many[Text]
    peoples: Many[Text]
    emergency_phone: Annotated[str, StringConstraints(pattern=r"^[0-9]{3,5}$")]
    levels: Many[Level]
    vocabulary: Many[Word]
    working_hours: Many[WorkingHours]
    night_rest: NightRest

    def level(self, code: str) -> Level:
        """The level of that code; KeyError when the county has none."""
        for level in self.levels:
            if level.code == code:
                return level
        raise KeyError(code)

    def word(self, term: Term, on: dt.date) -> str:
        """What the term is called on that day; KeyError when the pack does not say."""
        known = [w for w in self.vocabulary if w.term == term and w.effective_from <= on]
        if not known:
            raise KeyError(term)
        return max(known, key=lambda w: w.effective_from).text

    def hours(self, office: str, on: dt.date) -> WorkingHours | None:
        """The working hours of an office on that day, or None when the pack gives none."""
        found = [h for h in self.working_hours if h.office == office and h.in_force(on)]
        return found[-1] if found else None

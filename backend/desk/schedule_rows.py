"""A house's sessions as they are settled: from a file that is being read, and from the county's pack; days off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.booking.models_schedule import ScheduleTemplate
from backend.booking.schedule_import import Read
from backend.booking.views_open import doctor_name
from backend.desk.words import WEEKDAYS
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.records.views import department_name
from backend.store import clock
from backend.store.db import session

AHEAD = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of a file in words: what would be settled, and whether it replaces what is."""

    number: int
    code: str
    department: str
    title: str
    doctor: str
    when: str
    time: str
    capacity: int
    expert: bool
    until: date | None
    replaces: bool


@dataclass(frozen=True, slots=True)
class OfPack:
    """A session that the county's pack settles for this house."""

    title: str
    departments: str
    when: str
    time: str
    capacity: int
    expert: bool
    sample: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """Days off, or a weekend that is worked."""

    name: str
    first: date
    last: date
    works: bool


def planned(actor: Actor, read: Read) -> list[Planned]:
    """Return what a file would settle, row by row."""
    county = pack(actor.county_id)
    there = set(
        session().scalars(
            select(ScheduleTemplate.code).where(
                ScheduleTemplate.county_id == actor.county_id,
                ScheduleTemplate.institution == actor.institution,
                ScheduleTemplate.ended_at.is_(None),
            )
        )
    )
    return [
        Planned(
            number=number,
            code=one.code,
            department=department_name(county, one.department) or "",
            title=one.title,
            doctor=doctor_name(actor.county_id, one.practitioner_id) or "",
            when=f"{one.on_day:%m-%d} 一天" if one.on_day else weekdays_text(one.weekdays, one.every_weeks),
            time=f"{one.start:%-H:%M}–{one.end:%-H:%M}",
            capacity=one.capacity,
            expert=one.expert,
            until=one.until_on,
            replaces=one.code in there,
        )
        for number, one in read.found
    ]


def of_pack(actor: Actor) -> list[OfPack]:
    """Return what the pack settles for this house: clinics and examinations."""
    county, house = pack(actor.county_id), actor.institution
    here = set(county.institutions.institution(house).departments) if house else set()
    clinics = [
        OfPack(
            one.title,
            "、".join(department_name(county, code) or code for code in one.departments if code in here),
            weekdays_text(one.weekdays),
            f"{one.start:%-H:%M}–{one.end:%-H:%M}",
            one.capacity,
            one.expert,
            one.sample,
        )
        for one in county.booking.templates
        if house in one.institutions
    ]
    return clinics + [
        OfPack(
            f"检查：{one.name}",
            department_name(county, one.department) or one.department,
            weekdays_text(one.weekdays),
            f"{one.start:%-H:%M}–{one.end:%-H:%M}",
            one.capacity,
            False,
            one.sample,
        )
        for one in county.booking.examinations
        if house in one.institutions
    ]


def rests(actor: Actor) -> list[Rest]:
    """Return the days off and the worked weekends of the coming half year that touch this house."""
    section, today = pack(actor.county_id).holidays, local_day(clock.now())
    found = [
        Rest(one.name, one.first, one.last, works=False)
        for one in section.holidays
        if one.scope in ("national", "county") or (one.scope == "institution" and one.institution == actor.institution)
    ]
    found += [Rest(one.name, one.date, one.date, works=True) for one in section.working_days]
    return sorted((one for one in found if today <= one.last <= today + AHEAD), key=lambda one: one.first)


def unknown_year(actor: Actor) -> int | None:
    """Return the first year of the coming half year whose days off nobody has entered, or None."""
    today = local_day(clock.now())
    ahead = (today, today + AHEAD)
    return next((day.year for day in ahead if not pack(actor.county_id).holidays.known(day)), None)


def weekdays_text(weekdays: Sequence[int], every_weeks: int = 1) -> str:
    """Return weekdays as people say them: 每天, 周一到周五, 周一、周三, 隔周三."""
    days = sorted(set(weekdays))
    if days == list(range(1, 8)):
        text = "每天"
    elif len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        text = f"周{WEEKDAYS[days[0] - 1]}到周{WEEKDAYS[days[-1] - 1]}"
    else:
        text = "、".join(f"周{WEEKDAYS[one - 1]}" for one in days)
    return text if every_weeks == 1 else f"每 {every_weeks} 周的{text}"

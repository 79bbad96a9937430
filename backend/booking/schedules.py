"""A house settles its own sessions: weekly or on one day, by clinician, department and site. XM-5.1a, XM-2."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack, source_lookup
from backend.booking.models_schedule import ScheduleTemplate
from backend.booking.rules_staff import SCHEDULE, ScheduleFacts
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.roles import Actor
from backend.kernel.rules import decide, require
from backend.people.models import Practitioner, PractitionerRole
from backend.store import audit, clock
from backend.store.db import session

MOST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a house settles about one session; `weekdays` or `on_day`, never both."""

    code: str
    department: str
    title: str
    start: time
    end: time
    capacity: int
    from_on: date
    until_on: date | None = None
    weekdays: tuple[int, ...] = ()
    on_day: date | None = None
    every_weeks: int = 1
    practitioner_id: UUID | None = None
    expert: bool = False
    place: str = ""


def settle(actor: Actor, institution: str, new: Settled) -> ScheduleTemplate:
    """Write a session down; the coming places are made by the next tick. The same code again replaces what was.

    Raises Invalid for what cannot be, RuleBroken for another house's, a strange department, or a doctor who may not
    practise there.
    """
    if all(entry.code != institution for entry in pack(actor.county_id).institutions.institutions):
        raise NotFound("no_such_institution", "没有这家医院，请重新选。")
    problem = impossible(actor, new)
    if problem is not None:
        raise Invalid("schedule", problem)
    require(SCHEDULE, facts_of(actor, institution, new), source_lookup(actor.county_id))
    home = _home(actor.county_id, new.practitioner_id, institution)
    before = session().scalar(
        select(ScheduleTemplate)
        .where(
            ScheduleTemplate.county_id == actor.county_id,
            ScheduleTemplate.institution == institution,
            ScheduleTemplate.code == new.code,
            ScheduleTemplate.ended_at.is_(None),
        )
        .with_for_update()
    )
    if before is not None:
        _end(actor, before)
    row = ScheduleTemplate(
        county_id=actor.county_id,
        code=new.code,
        kind="outreach" if home else "clinic",
        institution=institution,
        department=new.department,
        practitioner_id=new.practitioner_id,
        from_institution=home,
        title=new.title,
        weekdays=sorted(set(new.weekdays)),
        on_day=new.on_day,
        every_weeks=new.every_weeks,
        from_on=new.from_on,
        until_on=new.until_on,
        start_time=new.start,
        end_time=new.end,
        capacity=new.capacity,
        expert=new.expert,
        place=new.place,
        entered_by=actor.account_id,
    )
    session().add(row)
    session().flush()
    detail = {"code": row.code, "kind": row.kind, "department": row.department, "replaces": before is not None}
    audit.record(session(), actor, "schedule.settle", "schedule_template", row.id, detail=detail)
    return row


def end(actor: Actor, row: ScheduleTemplate) -> None:
    """Make no more of it. Sessions that are there stay until they are stopped: people have places in them."""
    session().refresh(row, with_for_update=True)
    if row.ended_at is not None:
        raise Conflict("schedule_ended", "这个排班已经停用了。")
    _end(actor, row)


def impossible(actor: Actor, new: Settled) -> str | None:
    """Return in Chinese what cannot be about a session, or None."""
    if any(not 1 <= one <= 7 for one in new.weekdays):
        return "星期要写 1 到 7。"
    if (new.on_day is None) == (not new.weekdays):
        return "要么写每周星期几，要么写哪一天，只写一样。"
    if new.end <= new.start:
        return "结束时间要在开始时间之后。"
    if new.until_on is not None and new.until_on < new.from_on:
        return "最后一天在第一天之前。"
    if new.until_on is not None and (new.until_on - new.from_on).days > MOST_DAYS:
        return "一次最多排一年。"
    if new.on_day is not None and new.on_day < local_day(clock.now()):
        return "这一天已经过去了。"
    if new.practitioner_id is not None and session().get(Practitioner, (actor.county_id, new.practitioner_id)) is None:
        return "没有这位医生。"
    return None


def facts_of(actor: Actor, institution: str, new: Settled) -> ScheduleFacts:
    """Return what the rules ask about a session."""
    entry = pack(actor.county_id).institutions.institution(institution)
    doctor = session().get(Practitioner, (actor.county_id, new.practitioner_id)) if new.practitioner_id else None
    return ScheduleFacts(
        own_house=actor.institution == institution,
        department_here=new.department in entry.departments,
        doctor=doctor.name if doctor else None,
        here=entry.short_name,
        may_practise=doctor is None or _may_practise(actor.county_id, doctor.id, institution, new),
    )


def broken(actor: Actor, institution: str, new: Settled) -> tuple[str, ...]:
    """Return what the rules have against a session, in words, for a row of a spreadsheet."""
    found = decide(SCHEDULE, facts_of(actor, institution, new), source_lookup(actor.county_id))
    return tuple(f"{one.text}{one.instead}" for one in found)


def _end(actor: Actor, row: ScheduleTemplate) -> None:
    row.ended_at = clock.now()
    row.version += 1
    session().flush()
    audit.record(session(), actor, "schedule.end", "schedule_template", row.id, detail={"code": row.code})


def _may_practise(county_id: str, practitioner_id: UUID, institution: str, new: Settled) -> bool:
    """Say whether some of its days lie in the dates registered there, and none before the first of them.

    The maker looks at each day again, so that a registration that runs out ends the sessions.
    """
    first = new.on_day or new.from_on
    rows = session().scalars(
        select(PractitionerRole).where(
            PractitionerRole.county_id == county_id,
            PractitionerRole.practitioner_id == practitioner_id,
            PractitionerRole.institution == institution,
        )
    )
    return any(row.from_on <= first and (row.until_on is None or row.until_on >= first) for row in rows)


def _home(county_id: str, practitioner_id: UUID | None, institution: str) -> str | None:
    """Return where a visiting specialist works otherwise: the first house that was registered, when it is another."""
    if practitioner_id is None:
        return None
    houses = (
        session()
        .scalars(
            select(PractitionerRole.institution)
            .where(PractitionerRole.county_id == county_id, PractitionerRole.practitioner_id == practitioner_id)
            .order_by(PractitionerRole.id)
        )
        .all()
    )
    kinds = {entry.code: entry.level for entry in pack(county_id).institutions.institutions}
    return next((one for one in houses if one != institution and kinds[one] != kinds[institution]), None)

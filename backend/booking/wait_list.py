"""The wait list: who would take a place that is freed, within which days. One entry a person and department."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.alliance.queries import pack, source_lookup
from backend.booking import queries, within
from backend.booking.coming import settle_seen
from backend.booking.models import Appointment, ScheduleSession, WaitlistEntry
from backend.booking.rules import PRIORITY_PLACE, WAIT, WaitFacts
from backend.booking.states import WAITLIST, AppointmentStatus, SlotPool, WaitAction, WaitStatus
from backend.contracts.queries import active_contract
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid
from backend.kernel.roles import CLINICAL, Actor, Role, system_actor
from backend.kernel.rules import require
from backend.people.models import Resident
from backend.referrals.models import Referral
from backend.referrals.queries import last_day
from backend.store import audit, clock
from backend.store.db import session
from backend.web import live

OPEN = (WaitStatus.WAITING, WaitStatus.OFFERED)
_DESK = (Role.DESK_CLERK, Role.MEDICAL_OFFICE)
_JUDGES = (*sorted(CLINICAL), Role.MEDICAL_OFFICE)


def open_of(county_id: str, resident_id: UUID) -> Sequence[WaitlistEntry]:
    """Return what a person waits for."""
    return (
        session()
        .scalars(
            select(WaitlistEntry).where(
                WaitlistEntry.county_id == county_id,
                WaitlistEntry.resident_id == resident_id,
                WaitlistEntry.status.in_(OPEN),
            )
        )
        .all()
    )


def join(
    actor: Actor,
    resident: Resident,
    institution: str,
    department: str,
    from_on: date,
    until_on: date,
    *,
    referral: Referral | None = None,
    priority: str = "routine",
) -> WaitlistEntry:
    """Put a person on the list. A later place they have there is kept, and given only for an earlier one.

    Raises RuleBroken when something is free now, the list is long, the priority is not for this person to say, or the
    referral's tracks are not there; Invalid for a hospital or department that did not say yes to it.
    """
    county = pack(actor.county_id)
    entry = next((one for one in county.institutions.institutions if one.code == institution), None)
    if entry is None or department not in entry.departments:
        raise Invalid("no_such_department", "这家医院没有这个科，请重新选。")
    today = local_day(clock.now())
    from_on = max(from_on, today)
    if until_on < from_on:
        raise Invalid("days", "候补的日子不对：最后一天在第一天之前。")
    # Nobody judges themselves or their own family, and a referral alone says nothing of how urgent it is.
    may_judge = priority == "routine" or (actor.has(*_JUDGES) and not actor.is_kin(resident.id))
    if referral is not None:
        settle_seen(referral)
        _require_asked(referral, institution, department)
        late = within.too_late(actor.county_id, referral.id, from_on)
        if late is not None:
            raise late
        # Nothing is offered after the certificate's last day: whoever waits is not told that it would be.
        until_on = min(until_on, last_day(actor.county_id, referral.id) or until_on)
        priority = "stat" if referral.emergency else priority
    pool = _pool(actor, resident, referral)
    mine = _place_there(actor.county_id, resident.id, institution, department, referral)
    facts = WaitFacts(
        alive=resident.died_on is None,
        free=_free(actor.county_id, institution, department, pool, from_on, until_on, mine),
        room=_room(actor.county_id, institution, department, from_on, until_on),
        may_judge=may_judge,
        own_house=actor.has(*CLINICAL) or not actor.has(*_DESK) or actor.institution == institution,
    )
    require(WAIT, facts, source_lookup(actor.county_id))
    row = WaitlistEntry(
        county_id=actor.county_id,
        resident_id=resident.id,
        referral_id=referral.id if referral else None,
        institution=institution,
        department=department,
        pool=pool,
        priority=priority,
        from_on=from_on,
        until_on=until_on,
        appointment_id=mine.id if mine else None,
        asked_by=actor.account_id,
        by_doctor=actor.subject_id != resident.id,
        status=WaitStatus.WAITING,
    )
    session().add(row)
    session().flush()
    detail = {"pool": pool, "priority": priority}
    audit.record(
        session(),
        actor,
        "waitlist.join",
        "waitlist_entry",
        row.id,
        resident_id=resident.id,
        after=row.status,
        detail=detail,
    )
    live.hint(row.county_id, f"institution:{institution}", "waitlist", row.id)
    return row


def leave(actor: Actor, row: WaitlistEntry, because: str) -> bool:
    """Take somebody off the list. Returns False when they are off it already."""
    session().refresh(row, with_for_update=True)
    before = WaitStatus(row.status)
    if before not in OPEN:
        return False
    row.status = WAITLIST.next(before, WaitAction.LEAVE, actor)
    row.left_because = because
    row.version += 1
    session().flush()
    audit.record(
        session(),
        actor,
        "waitlist.leave",
        "waitlist_entry",
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=row.status,
        detail={"because": because},
    )
    live.hint(row.county_id, f"institution:{row.institution}", "waitlist", row.id)
    return True


def require_waiting(row: WaitlistEntry) -> None:
    """Raise Conflict when whoever asks to leave the list is off it already."""
    if WaitStatus(row.status) not in OPEN:
        raise Conflict("not_waiting", "已经不在候补里了。")


def end_of_appointment(row: Appointment) -> None:
    """A place that somebody would have given for an earlier one is gone: they wait for none any more."""
    entry = _one(row.county_id, WaitlistEntry.appointment_id == row.id)
    if entry is not None:
        leave(system_actor(row.county_id), entry, "place_given_up")


def end_of_referral(
    county_id: str, referral_id: UUID, *, unless: str | None = None, unless_department: str | None = None
) -> None:
    """A referral that ended, or is turned to another hospital or department, waits for nothing (but at `unless`)."""
    entry = _one(county_id, WaitlistEntry.referral_id == referral_id)
    if entry is not None and entry.institution != unless and entry.department != unless_department:
        leave(system_actor(county_id), entry, "referral_ended")


def end_what_is_over(current: Session, county_id: str) -> int:
    """Let go of everybody whose last day is over. Returns how many."""
    today = local_day(clock.now(current))
    rows = current.scalars(
        select(WaitlistEntry)
        .where(
            WaitlistEntry.county_id == county_id,
            WaitlistEntry.status == WaitStatus.WAITING,
            WaitlistEntry.until_on < today,
        )
        .limit(500)
    ).all()
    for row in rows:
        leave(system_actor(county_id), row, "over")
    return len(rows)


def ahead_of(row: WaitlistEntry) -> int:
    """Return how many would be offered a place of this department before this person."""
    order = {"stat": 0, "urgent": 1, "routine": 2}
    rows = session().scalars(
        select(WaitlistEntry).where(
            WaitlistEntry.county_id == row.county_id,
            WaitlistEntry.institution == row.institution,
            WaitlistEntry.department == row.department,
            WaitlistEntry.pool == row.pool,
            WaitlistEntry.status == WaitStatus.WAITING,
            WaitlistEntry.id != row.id,
        )
    )

    def place(one: WaitlistEntry) -> tuple[object, ...]:
        return (order[one.priority], one.missed, one.created_at, one.id)

    return sum(place(one) < place(row) for one in rows)


def _require_asked(referral: Referral, institution: str, department: str) -> None:
    """Ask of a wait in the referral pool what a place there asks, and for the hospital that said yes."""
    require(PRIORITY_PLACE, queries.track_facts(referral.county_id, referral.id), source_lookup(referral.county_id))
    if referral.to_institution != institution or referral.to_department not in (None, department):
        raise Invalid("other_hospital", "这次转诊答应接的不是这家医院或这个科，请在答应的那里候补。")


def _one(county_id: str, what: object) -> WaitlistEntry | None:
    return session().scalar(
        select(WaitlistEntry).where(WaitlistEntry.county_id == county_id, what, WaitlistEntry.status.in_(OPEN))  # type: ignore[arg-type]
    )


def _pool(actor: Actor, resident: Resident, referral: Referral | None) -> SlotPool:
    if referral is not None:
        return SlotPool.REFERRAL
    # Whoever has a family doctor is offered what is kept for such people, and what is for all.
    signed = active_contract(actor.county_id, resident.id) is not None
    return SlotPool.CONTRACT if signed else SlotPool.GENERAL


def _place_there(
    county_id: str, resident_id: UUID, institution: str, department: str, referral: Referral | None
) -> Appointment | None:
    query = select(Appointment).where(
        Appointment.county_id == county_id,
        Appointment.resident_id == resident_id,
        Appointment.institution == institution,
        Appointment.department == department,
        Appointment.status == AppointmentStatus.BOOKED,
        Appointment.starts_at > clock.sql_now(),
        Appointment.referral_id == referral.id if referral else Appointment.referral_id.is_(None),
    )
    return session().scalar(query.order_by(Appointment.starts_at).limit(1))


def _free(
    county_id: str, institution: str, department: str, pool: str, first: date, last: date, mine: Appointment | None
) -> bool:
    pools = (SlotPool.CONTRACT, SlotPool.GENERAL) if pool == SlotPool.CONTRACT else (pool,)
    rows = [row for one in pools for row in queries.free_places(county_id, institution, department, pool=one)]
    return any(first <= row.day <= last and (mine is None or row.starts_at < mine.starts_at) for row in rows)


def _room(county_id: str, institution: str, department: str, first: date, last: date) -> bool:
    waiting = session().scalar(
        select(func.count()).where(
            WaitlistEntry.county_id == county_id,
            WaitlistEntry.institution == institution,
            WaitlistEntry.department == department,
            WaitlistEntry.status.in_(OPEN),
            WaitlistEntry.from_on <= last,
            WaitlistEntry.until_on >= first,
        )
    )
    sessions = session().scalar(
        select(func.count()).where(
            ScheduleSession.county_id == county_id,
            ScheduleSession.institution == institution,
            ScheduleSession.department == department,
            ScheduleSession.stopped_at.is_(None),
            ScheduleSession.day.between(first, last),
        )
    )
    most = pack(county_id).booking.waitlist.max_waiting_per_session
    return (waiting or 0) < most * max(sessions or 0, 1)

"""A session that does not take place, and a doctor's leave: every affected person gets an offer or a phone call."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack, source_lookup
from backend.booking import beside, displaced, offers, queries, service, within
from backend.booking.events import SessionStopped
from backend.booking.models import Appointment, ClinicianLeave, ScheduleSession
from backend.booking.rules_staff import STOP as STOP_RULES
from backend.booking.rules_staff import StopFacts
from backend.booking.running import run
from backend.booking.statements_staff import STOP
from backend.booking.states import SURE, AppointmentStatus
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.store import audit, clock, events
from backend.store.db import session

NEAREST = 8
"""How many places are tried for one person before somebody phones."""


def stop(actor: Actor, row: ScheduleSession, reason: str) -> int:
    """Stop one session. Returns how many people have to be looked after. Raises Conflict when it is over or stopped."""
    _known(actor, reason)
    return _stop_all(actor, [row], reason)


def take_leave(
    actor: Actor, practitioner_id: UUID, institution: str, from_on: date, until_on: date, reason: str
) -> tuple[int, int]:
    """Enter a clinician's leave at a house: their sessions stop, no new ones are made. Returns (sessions, people)."""
    _known(actor, reason)
    if until_on < max(from_on, local_day(clock.now())):
        raise Invalid("days", "休假的日子不对：最后一天已经过去，或者在第一天之前。")
    leave = ClinicianLeave(
        county_id=actor.county_id,
        practitioner_id=practitioner_id,
        institution=institution,
        from_on=from_on,
        until_on=until_on,
        reason=reason,
        asked_by=actor.account_id,
    )
    session().add(leave)
    session().flush()
    detail = {"from": from_on.isoformat(), "until": until_on.isoformat(), "reason": reason}
    audit.record(session(), actor, "leave.enter", "clinician_leave", leave.id, detail=detail)
    rows = of_leave(actor.county_id, practitioner_id, institution, from_on, until_on)
    return len(rows), _stop_all(actor, rows, reason)


def of_leave(
    county_id: str, practitioner_id: UUID, institution: str, from_on: date, until_on: date
) -> Sequence[ScheduleSession]:
    """Return the sessions that a clinician's leave would stop."""
    return (
        session()
        .scalars(
            select(ScheduleSession)
            .where(
                ScheduleSession.county_id == county_id,
                ScheduleSession.practitioner_id == practitioner_id,
                ScheduleSession.institution == institution,
                ScheduleSession.day.between(from_on, until_on),
                ScheduleSession.stopped_at.is_(None),
                ScheduleSession.ends_at > clock.sql_now(),
            )
            .order_by(ScheduleSession.id)
        )
        .all()
    )


def near(row: Appointment) -> list[Any]:
    """Return the free places near an appointment's time that may be offered in its stead, the nearest first."""
    on = queries.slot_with_session(row.county_id, row.slot_id)
    assert on is not None
    days = timedelta(days=pack(row.county_id).booking.leave.search_days)
    last = within.last_day_of(row)
    free = queries.free_places(row.county_id, row.institution, row.department, pool=on[0].pool, until=last)
    statuses = (*SURE, AppointmentStatus.HELD, AppointmentStatus.OFFERED)
    held = queries.places_of_resident(row.county_id, row.resident_id, statuses)
    elsewhere = [one.starts_at for one, _ in held if one.id != row.id]
    close = [
        one
        for one in free
        if abs(one.starts_at - row.starts_at) <= days
        and all(abs(one.starts_at - at) >= beside.APART for at in elsewhere)
    ]
    return sorted(close, key=lambda one: (abs(one.starts_at - row.starts_at), one.starts_at))


def _stop_all(actor: Actor, rows: Sequence[ScheduleSession], reason: str) -> int:
    # All are closed before anybody is offered another time: none of these may be it.
    for row in rows:
        if run(STOP, actor, None, session=row.id, reason=reason) is None:
            raise Conflict("already_stopped", "这个门诊已经停了，或者已经结束了。")
        session().refresh(row)
    affected = displaced.stopped_and_ahead(actor.county_id, [row.id for row in rows])
    return sum(_look_after(one) for one in affected)


def _look_after(row: Appointment) -> bool:
    if row.status in (AppointmentStatus.HELD, AppointmentStatus.OFFERED):
        # Nothing was promised yet: the person chooses again, and whoever waited waits on.
        service.end(row, "session_stopped")
        return False
    # Who is offered an earlier place already has another to go to; when they do not want it, they are phoned.
    if queries.offer_instead_of(row.county_id, row.id) is not None or any(
        offers.offer_instead(row, one.id) for one in near(row)[:NEAREST]
    ):
        displaced.settle(row.county_id, row.id)  # an earlier offer that was stopped with it had asked for a call
    else:
        displaced.ask_to_phone(row)
    events.publish(SessionStopped(county_id=row.county_id, appointment_id=row.id, resident_id=row.resident_id))
    return True


def _known(actor: Actor, reason: str) -> None:
    known = pack(actor.county_id).booking.leave.reason(reason) is not None
    require(STOP_RULES, StopFacts(known), source_lookup(actor.county_id))

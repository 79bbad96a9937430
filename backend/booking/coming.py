"""Coming and not coming: check-in with a number, and a humane word to who was missed. Never a lock-out."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.booking import queries, refusals
from backend.booking.events import AppointmentMissed
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.booking.running import hint, run
from backend.booking.statements_staff import ARRIVE, MISS
from backend.booking.states import APPOINTMENTS, AppointmentAction, AppointmentStatus
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor, Role, system_actor
from backend.records.orders import fulfil
from backend.referrals.models import Referral
from backend.referrals.states import ReferralStatus
from backend.store import audit, clock, events
from backend.store.db import session
from backend.worklist.service import Owner, close_tasks, open_task

LOOK_BACK = timedelta(days=3)
"""How long ago a session may have ended to be asked about."""


def check_in(actor: Actor, row: Appointment) -> int:
    """Let somebody in and return their number in the session. Raises Conflict when they are in or have no place."""
    if (AppointmentStatus(row.status), AppointmentAction.ARRIVE) not in APPOINTMENTS.moves:
        raise refusals.of_coming(row)
    APPOINTMENTS.next(AppointmentStatus(row.status), AppointmentAction.ARRIVE, actor)
    done = run(ARRIVE, actor, None, appointment=row.id)
    if done is None:
        raise refusals.of_coming(row)
    close_tasks(row.county_id, ("appointment", row.id), "not_needed")
    if row.order_id is not None:
        fulfil(row.county_id, row.order_id)
    session().refresh(row)
    hint(row.county_id, row.institution, row.resident_id, row.id)
    return int(done.queue_number)


def settle_seen(referral: Referral) -> None:
    """Whoever asks for a further place was seen with the one before: its day is over, or the result is back."""
    before = queries.place_of_referral(referral.county_id, referral.id)
    if before is not None and was_seen(referral, before):
        finish(system_actor(referral.county_id), before)


def was_seen(referral: Referral, before: Appointment) -> bool:
    """Say whether who was checked in has been seen by now, so that a further place may be asked for."""
    over = before.day < local_day(clock.now()) or referral.status == ReferralStatus.CLOSED
    return before.status == AppointmentStatus.ARRIVED and over


def finish(actor: Actor, row: Appointment) -> None:
    """The person was seen. The row is locked. Raises Conflict for who was not checked in."""
    before = AppointmentStatus(row.status)
    row.status = APPOINTMENTS.next(before, AppointmentAction.FULFIL, actor)
    row.version += 1
    session().flush()
    audit.record(
        session(),
        actor,
        "appointment.fulfil",
        "appointment",
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=row.status,
    )
    hint(row.county_id, row.institution, row.resident_id, row.id)


def mark_missed(current: Session, county_id: str) -> int:
    """Write down who did not come; where nobody was checked in at all, ask the desk instead of blaming people."""
    late = pack(county_id).booking.check_in.late_minutes
    rows = current.execute(MISS, {"county": county_id, "late": late}).all()
    for row in rows:
        told = AppointmentMissed(county_id=county_id, appointment_id=row.id, resident_id=row.resident_id)
        events.publish(told)
        hint(county_id, row.institution, row.resident_id, row.id)
    return len(rows) + _ask_who_came(current, county_id, late)


def missed_lately(county_id: str, resident_id: UUID) -> int:
    """Return how often a person had a place and did not come within the pack's days."""
    rule = pack(county_id).booking.no_show
    since = clock.now() - timedelta(days=rule.window_days)
    query = select(func.count()).where(
        Appointment.county_id == county_id,
        Appointment.resident_id == resident_id,
        Appointment.status == AppointmentStatus.NOSHOW,
        Appointment.starts_at > since,
    )
    return int(session().scalar(query) or 0)


def _ask_who_came(current: Session, county_id: str, late: int) -> int:
    now = clock.now(current)
    rows = current.execute(
        select(ScheduleSession.id, ScheduleSession.institution, func.count(Appointment.id).label("places"))
        .join(Slot, (Slot.county_id == ScheduleSession.county_id) & (Slot.session_id == ScheduleSession.id))
        .join(Appointment, (Appointment.county_id == Slot.county_id) & (Appointment.slot_id == Slot.id))
        .where(
            ScheduleSession.county_id == county_id,
            ScheduleSession.stopped_at.is_(None),
            ScheduleSession.arrived == 0,
            ScheduleSession.ends_at.between(now - LOOK_BACK, now - timedelta(minutes=late)),
            Appointment.status == AppointmentStatus.BOOKED,
        )
        .group_by(ScheduleSession.county_id, ScheduleSession.id)
    ).all()
    asked = [
        open_task(
            county_id,
            "booking.who_came",
            Owner(role=Role.DESK_CLERK, institution=row.institution),
            dedupe_key=f"booking.who_came:{row.id}",
            due_at=now + timedelta(days=1),
            focus=("schedule_session", row.id),
            detail={"places": row.places},
        )
        for row in rows
    ]
    return sum(one is not None for one in asked)

"""People whose session was stopped: each has an offer of another place, or a person who phones. Nobody is forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Text, cast, exists, func, select
from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.alliance.working_time import office
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.booking.states import SURE, AppointmentStatus
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.store import clock
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.service import Owner, close_tasks, open_task
from backend.worklist.states import TaskStatus

KIND = "booking.displaced"
PHONE_MINUTES = 120
"""Working minutes in which somebody whose doctor is away is phoned; then it is the medical office's."""


def stopped_and_ahead(county_id: str, session_ids: Sequence[UUID]) -> Sequence[Appointment]:
    """Return every appointment, hold and offer in stopped sessions that somebody counts on, the earliest first."""
    return (
        session()
        .scalars(
            select(Appointment)
            .join(Slot, (Slot.county_id == Appointment.county_id) & (Slot.id == Appointment.slot_id))
            .where(
                Appointment.county_id == county_id,
                Slot.session_id.in_(session_ids),
                Appointment.status.in_([*SURE, AppointmentStatus.HELD, AppointmentStatus.OFFERED]),
            )
            .order_by(Appointment.starts_at, Appointment.id)
        )
        .all()
    )


def ask_to_phone(row: Appointment) -> bool:
    """Put somebody whose session was stopped on the desk's list, once: phone them, and agree on another time."""
    now = clock.now()
    desk = office(pack(row.county_id), "referral_desk", local_day(now), row.institution)
    made = open_task(
        row.county_id,
        KIND,
        Owner(role=Role.DESK_CLERK, institution=row.institution),
        dedupe_key=f"{KIND}:{row.id}:{row.version}",
        due_at=min(desk.after_minutes(now, PHONE_MINUTES).at, max(row.starts_at, now + timedelta(minutes=5))),
        focus=("appointment", row.id),
        resident_id=row.resident_id,
        priority="urgent",
        ladder=[Owner(role=Role.MEDICAL_OFFICE, institution=row.institution).step(60)],
        detail={"department": row.department},
    )
    return made is not None


def to_phone(county_id: str, session_ids: Sequence[UUID]) -> int:
    """Return how many people of stopped sessions are on a list to be phoned; the others have an offer."""
    mine = [row.id for row in stopped_and_ahead(county_id, session_ids)]
    query = select(func.count()).where(
        Task.county_id == county_id, Task.kind == KIND, Task.focus_id.in_(mine), Task.status == TaskStatus.OPEN
    )
    return int(session().scalar(query) or 0)


def settle(county_id: str, appointment_id: UUID) -> None:
    """Take the phone call off the list: this person has another place, or wants none."""
    close_tasks(county_id, ("appointment", appointment_id), "handled", kind=KIND)


def find_again(county_id: str, appointment_id: UUID) -> None:
    """An offer of another place ran out or was declined: a person phones now."""
    row = session().get(Appointment, (county_id, appointment_id), populate_existing=True)
    if row is not None and row.status in SURE and _stopped(row):
        ask_to_phone(row)


def forgotten(current: Session, county_id: str) -> int:
    """Put on the list whoever has a place in a stopped session and neither an offer nor a task. Returns how many."""
    return sum(ask_to_phone(row) for row in not_looked_after(current, county_id))


def not_looked_after(current: Session, county_id: str) -> Sequence[Appointment]:
    """Return who has a place in a stopped session and neither an offer nor had a call, at most 500."""
    offer = Appointment.__table__.alias("offer")
    return current.scalars(
        select(Appointment)
        .join(Slot, (Slot.county_id == Appointment.county_id) & (Slot.id == Appointment.slot_id))
        .join(ScheduleSession, (ScheduleSession.county_id == Slot.county_id) & (ScheduleSession.id == Slot.session_id))
        .where(
            Appointment.county_id == county_id,
            Appointment.status.in_(SURE),
            ScheduleSession.stopped_at.is_not(None),
            ScheduleSession.ends_at > clock.sql_now(),
            ~exists().where(
                offer.c.county_id == county_id,
                offer.c.replaces_id == Appointment.id,
                offer.c.status == AppointmentStatus.OFFERED,
            ),
            ~exists().where(
                Task.county_id == county_id,
                Task.dedupe_key
                == func.concat(f"{KIND}:", cast(Appointment.id, Text), ":", cast(Appointment.version, Text)),
            ),
        )
        .limit(500)
    ).all()


def is_stopped(county_id: str, appointment_id: UUID) -> bool:
    """Say whether an appointment is in a session that does not take place."""
    row = session().get(Appointment, (county_id, appointment_id))
    return row is not None and _stopped(row)


def _stopped(row: Appointment) -> bool:
    slot = session().get(Slot, (row.county_id, row.slot_id), populate_existing=True)
    return slot is not None and slot.stopped

"""A day's bookings as sheets, one for each session, in the order in which people are expected."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.booking.states import AppointmentStatus
from backend.booking.views_open import doctor_name
from backend.desk import booking_rows
from backend.desk.booking_rows import BookingRow
from backend.kernel.roles import Actor
from backend.records.views import department_name
from backend.store import access
from backend.store.db import session

COMING = (
    AppointmentStatus.PENDING,
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
)
MOST = 1000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One session with its people."""

    session_id: UUID
    department: str
    department_name: str
    title: str
    doctor: str
    place: str
    starts_at: datetime
    stopped: bool
    rows: list[BookingRow]

    @property
    def come(self) -> int:
        """How many are there, or were."""
        return sum(row.status in (AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED) for row in self.rows)


def sheets(actor: Actor, on: date, *, hidden: bool) -> list[Sheet]:
    """Return the sheets of this house's day; with `hidden`, no name is whole and no phone either: to hang it up."""
    ours = (
        access.scoped_query(Appointment, actor, "appointment.read")
        .where(
            Appointment.institution == actor.institution,
            Appointment.day == on,
            Appointment.status.in_(COMING),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(MOST)
    )
    found: dict[UUID, list[Appointment]] = {}
    places = list(session().scalars(ours))
    sessions = _sessions(actor.county_id, places)
    for row in places:
        found.setdefault(sessions[row.slot_id].id, []).append(row)
    by_id = {one.id: one for one in sessions.values()}
    made = [_sheet(actor, by_id[session_id], rows, hidden=hidden) for session_id, rows in found.items()]
    order = list(pack(actor.county_id).institutions.institution(actor.institution or "").departments)
    return sorted(made, key=lambda sheet: (_place(order, sheet.department), sheet.starts_at, sheet.title))


def _sessions(county_id: str, places: list[Appointment]) -> dict[UUID, ScheduleSession]:
    rows = session().execute(
        select(Slot.id, ScheduleSession)
        .join(ScheduleSession, (ScheduleSession.county_id == Slot.county_id) & (ScheduleSession.id == Slot.session_id))
        .where(Slot.county_id == county_id, Slot.id.in_({row.slot_id for row in places}))
    )
    return {row.id: row.ScheduleSession for row in rows}


def _sheet(actor: Actor, on: ScheduleSession, rows: list[Appointment], *, hidden: bool) -> Sheet:
    lines = booking_rows.rows(actor, rows)
    return Sheet(
        session_id=on.id,
        department=on.department,
        department_name=department_name(pack(on.county_id), on.department) or "",
        title=on.title,
        doctor=doctor_name(on.county_id, on.practitioner_id) or "",
        place=on.place,
        starts_at=on.starts_at,
        stopped=on.stopped_at is not None,
        rows=[_hide(row) for row in lines] if hidden else lines,
    )


def _hide(row: BookingRow) -> BookingRow:
    name = f"{row.name[0]}{'*' * (len(row.name) - 1)}" if len(row.name) > 1 and row.named else row.name
    phone = f"尾号 {row.phone[-4:]}" if row.phone else ""
    certificate = f"尾号 {row.certificate[-4:]}" if row.certificate[-4:].isdigit() else row.certificate
    return replace(row, name=name, about="", phone=phone, certificate=certificate)


def _place(order: list[str], department: str) -> int:
    return order.index(department) if department in order else len(order)

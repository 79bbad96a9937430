"""待确认: places that wait for a hand of this desk, the earliest deadline on top. Slow never costs the place."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint

from backend.booking.models import Appointment
from backend.booking.states import AppointmentStatus
from backend.desk import booking_rows, order_facts
from backend.desk.booking_rows import BookingRow
from backend.desk.frame import draw
from backend.desk.words import Left, left
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.referrals.waiting import office_of
from backend.store import access, clock
from backend.store.db import session
from backend.web.list_traces import leave_trace
from backend.web.pages import page

pages = Blueprint("desk_pending", __name__, url_prefix="/pending")
MOST = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One place that waits: until when in working time, and what for."""

    row: BookingRow
    due: Left
    what: str
    past: bool  # the time itself: nothing is confirmed any more, another is agreed on


@pages.get("")
@page("appointment.grant")
def show(actor: Actor) -> str:
    now = clock.now()
    waits = (
        access.scoped_query(Appointment, actor, "appointment.grant")
        .where(Appointment.status == AppointmentStatus.PENDING)
        .order_by(Appointment.confirm_by, Appointment.id)
        .limit(MOST)
    )
    rows = [_waiting(actor, one, now) for one in session().scalars(waits)]
    leave_trace(actor, "appointment.pending_list", len(rows))
    return draw(
        "desk/pending.html",
        actor,
        "pending",
        part="desk/pending_list.html",
        rows=rows,
        today=local_day(now),
    )


def _waiting(actor: Actor, one: Appointment, now: datetime) -> Waiting:
    assert one.confirm_by is not None
    order = order_facts.of(one)
    row = booking_rows.row_of(actor, one)
    office = office_of(one.county_id, one.institution, now)
    return Waiting(row, left(office, now, one.confirm_by), order.name if order else row.kind, one.starts_at <= now)

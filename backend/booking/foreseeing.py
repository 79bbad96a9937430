"""What a stop would do, before anybody presses: how many people, who is offered another time, who is phoned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.alliance.queries import pack
from backend.booking import displaced, queries, stops
from backend.booking.models import Appointment, ScheduleSession
from backend.booking.states import AppointmentStatus
from backend.kernel.clock import local_day
from backend.store import clock


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How many sessions stop, whose place is lost, how many are offered another time and how many are phoned.

    `dropped` are checkouts and offers that nobody was promised yet: these simply end.
    """

    sessions: int
    offered: int
    phoned: int
    dropped: int

    @property
    def people(self) -> int:
        """How many have to be looked after."""
        return self.offered + self.phoned


def foresee(county_id: str, rows: Sequence[ScheduleSession]) -> Foreseen:
    """Return what stopping these sessions now would mean. It reads only; the stop itself decides anew."""
    closing = {row.id for row in rows}
    used: dict[UUID, int] = {}
    offered = phoned = dropped = 0
    for one in displaced.stopped_and_ahead(county_id, list(closing)):
        if one.status in (AppointmentStatus.HELD, AppointmentStatus.OFFERED):
            dropped += 1
        elif (slot := _place_for(one, closing, used)) is not None:
            used[slot] = used.get(slot, 0) + 1
            offered += 1
        else:
            phoned += 1
    return Foreseen(len(rows), offered, phoned, dropped)


def _place_for(row: Appointment, closing: set[UUID], used: dict[UUID, int]) -> UUID | None:
    if row.order_id is not None:
        return None  # an examination is agreed on by phone: how to prepare comes with it
    soonest = clock.now() + timedelta(minutes=pack(row.county_id).booking.waitlist.notice_minutes)
    open_ones = [one for one in stops.near(row) if one.session_id not in closing][: stops.NEAREST]
    return next(
        (
            one.id
            for one in open_ones
            if one.left > used.get(one.id, 0) and one.starts_at > soonest and _free_that_day(row, one.starts_at)
        ),
        None,
    )


def _free_that_day(row: Appointment, at: datetime) -> bool:
    other = queries.live_on_day(row.county_id, row.resident_id, row.institution, row.department, local_day(at))
    return other is None or other.id == row.id

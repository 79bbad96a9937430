"""A house's sessions day by day with the counters of each pool: taken of kept, given back, added, let go when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.booking.states import AppointmentStatus, SlotPool
from backend.store import clock
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class PoolCount:
    """One pool of a session. `opens_at` is when places of it that nobody can book yet are let go."""

    pool: str
    places: int
    taken: int
    free: int
    over: int
    given_back: int
    opens_at: datetime | None


def sessions_of(
    county_id: str, institution: str, first: date, last: date
) -> Sequence[tuple[ScheduleSession, tuple[PoolCount, ...]]]:
    """Return the sessions of a house on these days by time, each with its pools."""
    rows = session().scalars(
        select(ScheduleSession)
        .where(
            ScheduleSession.county_id == county_id,
            ScheduleSession.institution == institution,
            ScheduleSession.day.between(first, last),
        )
        .order_by(ScheduleSession.starts_at, ScheduleSession.id)
    )
    found = list(rows)
    pools = pools_of(county_id, [row.id for row in found])
    return [(row, pools.get(row.id, ())) for row in found]


def made_until(county_id: str, institution: str) -> date | None:
    """Return the last day for which the sessions of a house are made; what comes after is not known yet."""
    return session().scalar(
        select(func.max(ScheduleSession.day)).where(
            ScheduleSession.county_id == county_id, ScheduleSession.institution == institution
        )
    )


def pools_of(county_id: str, session_ids: Sequence[UUID]) -> dict[UUID, tuple[PoolCount, ...]]:
    """Return the pools of sessions: for referred patients first, then for people with a family doctor, then for all."""
    rows = session().execute(
        select(
            Slot.session_id,
            Slot.pool,
            func.sum(Slot.capacity).label("places"),
            func.sum(Slot.taken).label("taken"),
            func.sum(func.greatest(Slot.capacity - Slot.taken, 0)).label("free"),
            func.sum(Slot.over).label("over"),
            func.sum(Slot.given_back).label("given_back"),
            func.min(Slot.opens_at).filter(Slot.opens_at > clock.sql_now()).label("opens_at"),
        )
        .where(Slot.county_id == county_id, Slot.session_id.in_(session_ids))
        .group_by(Slot.session_id, Slot.pool)
    )
    order = list(SlotPool)
    found: dict[UUID, tuple[PoolCount, ...]] = {}
    for row in sorted(rows, key=lambda row: order.index(SlotPool(row.pool))):
        count = PoolCount(row.pool, row.places, row.taken, row.free, row.over, row.given_back, row.opens_at)
        found[row.session_id] = (*found.get(row.session_id, ()), count)
    return found


def in_session(county_id: str, session_id: UUID) -> ColumnElement[bool]:
    """Return the condition of who has or is offered a place in a session and has not given it up."""
    slots = select(Slot.id).where(Slot.county_id == county_id, Slot.session_id == session_id)
    return and_(Appointment.slot_id.in_(slots), Appointment.status != AppointmentStatus.CANCELLED)


def full_times(county_id: str, session_id: UUID) -> Sequence[Slot]:
    """Return the times of a session at which nothing is free, so that a place may be added by hand."""
    return (
        session()
        .scalars(
            select(Slot)
            .where(
                Slot.county_id == county_id,
                Slot.session_id == session_id,
                Slot.taken >= Slot.capacity,
                Slot.capacity + Slot.over > 0,
            )
            .order_by(Slot.starts_at, Slot.pool)
        )
        .all()
    )

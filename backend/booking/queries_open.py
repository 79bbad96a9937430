"""Reads of places without a referral: what is free or opens soon, who holds what, how many a person has ahead."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.booking.states import AppointmentStatus, SlotPool
from backend.store import clock
from backend.store.db import session

AHEAD = (AppointmentStatus.HELD, AppointmentStatus.PENDING, AppointmentStatus.BOOKED)


def open_places(
    county_id: str,
    institution: str,
    department: str | None,
    pools: Sequence[SlotPool],
    *,
    day: date | None = None,
    limit: int = 400,
) -> Sequence[Any]:
    """Return the places of these pools still ahead, by time, full ones and those not let go yet among them."""
    query = _ahead(county_id, institution, pools).where(ScheduleSession.kind != "examination")
    if department is not None:
        query = query.where(ScheduleSession.department == department)
    if day is not None:
        query = query.where(ScheduleSession.day == day)
    return session().execute(query.limit(limit)).all()


def departments_with_clinics(county_id: str, institution: str) -> Sequence[str]:
    """Return the departments of a house that see people by appointment in the coming weeks."""
    return (
        session()
        .scalars(
            select(ScheduleSession.department)
            .distinct()
            .where(
                ScheduleSession.county_id == county_id,
                ScheduleSession.institution == institution,
                ScheduleSession.kind != "examination",
                ScheduleSession.stopped_at.is_(None),
                ScheduleSession.ends_at > clock.sql_now(),
            )
            .order_by(ScheduleSession.department)
        )
        .all()
    )


def examination_places(
    county_id: str, institution: str, item: str, pools: Sequence[SlotPool], *, limit: int = 200
) -> Sequence[Any]:
    """Return the times of an examination still ahead, full ones and those not let go yet among them."""
    query = _ahead(county_id, institution, pools).where(
        ScheduleSession.kind == "examination", ScheduleSession.item == item
    )
    return session().execute(query.limit(limit)).all()


def places_like(row: Appointment, *, until: date | None = None, limit: int = 60) -> Sequence[Any]:
    """Return the free places that an appointment may move to: its pool, department, examination, by its last day."""
    found = session().execute(
        select(Slot.pool, ScheduleSession.item)
        .join(ScheduleSession, (ScheduleSession.county_id == Slot.county_id) & (ScheduleSession.id == Slot.session_id))
        .where(Slot.county_id == row.county_id, Slot.id == row.slot_id)
    )
    pool, item = found.one()
    query = _ahead(row.county_id, row.institution, (SlotPool(pool),)).where(
        ScheduleSession.department == row.department,
        ScheduleSession.item.is_not_distinct_from(item),
        *_to_be_had(),
    )
    if until is not None:
        query = query.where(ScheduleSession.day <= until)
    return session().execute(query.limit(limit)).all()


def first_open(county_id: str, institution: str, department: str, pools: Sequence[SlotPool]) -> datetime | None:
    """Return when the first place of these pools is that may be had now, or None."""
    query = _ahead(county_id, institution, pools).where(
        ScheduleSession.kind != "examination",
        ScheduleSession.department == department,
        *_to_be_had(),
    )
    row = session().execute(query.limit(1)).first()
    return row.starts_at if row else None


def _to_be_had() -> tuple[ColumnElement[bool], ...]:
    return Slot.taken < Slot.capacity, or_(Slot.opens_at.is_(None), Slot.opens_at <= clock.sql_now())


def _ahead(county_id: str, institution: str, pools: Sequence[SlotPool]) -> Select[Any]:
    return (
        select(
            Slot.id,
            Slot.pool,
            Slot.starts_at,
            Slot.opens_at,
            func.greatest(Slot.capacity - Slot.taken, 0).label("left"),
            ScheduleSession.id.label("session_id"),
            ScheduleSession.department,
            ScheduleSession.day,
            ScheduleSession.title,
            ScheduleSession.place,
            ScheduleSession.expert,
            ScheduleSession.kind,
            ScheduleSession.practitioner_id,
        )
        .join(ScheduleSession, (ScheduleSession.county_id == Slot.county_id) & (ScheduleSession.id == Slot.session_id))
        .where(
            ScheduleSession.county_id == county_id,
            ScheduleSession.institution == institution,
            ScheduleSession.stopped_at.is_(None),
            Slot.pool.in_(pools),
            Slot.capacity > 0,
            Slot.starts_at > clock.sql_now(),
        )
        .order_by(Slot.starts_at, Slot.id)
    )


def hold_of(county_id: str, resident_id: UUID) -> Appointment | None:
    """Return the hold a person has at the checkout, or None."""
    return session().scalar(
        select(Appointment).where(
            Appointment.county_id == county_id,
            Appointment.resident_id == resident_id,
            Appointment.status == AppointmentStatus.HELD,
        )
    )


def seats_of(county_id: str, resident_id: UUID) -> int:
    """Return how many places without a referral a person has ahead."""
    query = select(func.count()).where(
        Appointment.county_id == county_id,
        Appointment.resident_id == resident_id,
        Appointment.seat.is_not(None),
        Appointment.status.in_(AHEAD),
    )
    return int(session().scalar(query) or 0)


def seats_by_proxy(county_id: str, account_id: UUID | None) -> int:
    """Return how many places an account has taken for other people that are still ahead."""
    query = select(func.count()).where(
        Appointment.county_id == county_id,
        Appointment.booked_by == account_id,
        Appointment.proxy_seat.is_not(None),
        Appointment.status.in_(AHEAD),
    )
    return int(session().scalar(query) or 0)

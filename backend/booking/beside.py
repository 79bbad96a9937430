"""Beside the times of a department: the place somebody has there already, and an ordinary one that is sooner.

All are words, no rules: two places in one department, or at one hour, may be what is wanted, and whoever is in a hurry
may take the ordinary one, the certificate counts there as well. MS-4.2.1, XM-5.4b.
"""

from datetime import date, datetime, timedelta
from typing import TypedDict
from uuid import UUID

from sqlalchemy import Select, select

from backend.booking.models import Appointment, Slot
from backend.booking.queries_open import first_open
from backend.booking.states import SURE, AppointmentStatus, SlotPool
from backend.contracts.queries import active_contract
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.store import access, clock
from backend.store.db import session

APART = timedelta(minutes=30)
"""Of two places nearer than this nobody keeps both: no such time is offered, and whoever chose one is told."""


class Other(TypedDict):
    """The fields of a body that name the place somebody has already."""

    other_id: UUID | None
    other_at: datetime | None


_MINE = frozenset({*SURE, AppointmentStatus.HELD, AppointmentStatus.OFFERED})
NO_OTHER = Other(other_id=None, other_at=None)


def pools_of(county_id: str, resident_id: UUID | None) -> tuple[SlotPool, ...]:
    """Return the pools without a referral that are open to somebody: those with a family doctor have their own too."""
    signed = resident_id is not None and active_contract(county_id, resident_id) is not None
    return (SlotPool.CONTRACT, SlotPool.GENERAL) if signed else (SlotPool.GENERAL,)


def other(actor: Actor, resident_id: UUID | None, institution: str, department: str | None) -> Other:
    """Return the next place this person has with a department, to be said before a second one is chosen.

    Only one that the reader may read: a desk may book for anybody, and learns nothing of other houses by it.
    """
    if resident_id is None or department is None:
        return NO_OTHER
    read = access.scoped_query(Appointment, actor, "appointment.read")
    row = session().scalar(_ahead(read, resident_id, institution, department))
    return Other(other_id=row.id, other_at=row.starts_at) if row else NO_OTHER


def ordinary_with(
    county_id: str, resident_id: UUID, institution: str, department: str | None, *, until: date | None
) -> Appointment | None:
    """Return the next place without a referral that a person has with a department; `until` is a paper's last day."""
    mine = select(Appointment).where(Appointment.county_id == county_id, Appointment.referral_id.is_(None))
    if until is not None:
        mine = mine.where(Appointment.day <= until)
    return session().scalar(_ahead(mine, resident_id, institution, department))


def _ahead(
    places: Select[Appointment], resident_id: UUID, institution: str, department: str | None
) -> Select[Appointment]:
    # Of sessions that take place; examinations are another matter.
    return (
        places.join(Slot, (Slot.county_id == Appointment.county_id) & (Slot.id == Appointment.slot_id))
        .where(
            ~Slot.stopped,
            Appointment.resident_id == resident_id,
            Appointment.institution == institution,
            Appointment.department == department,
            Appointment.kind != "examination",
            Appointment.status.in_(SURE),
            Appointment.starts_at > clock.sql_now(),
        )
        .order_by(Appointment.starts_at)
        .limit(1)
    )


def close_to(actor: Actor, row: Appointment) -> Appointment | None:
    """Return another place of the same person, too near in time to keep both; only one that the reader may read."""
    if AppointmentStatus(row.status) not in _MINE:
        return None
    return session().scalar(
        access.scoped_query(Appointment, actor, "appointment.read")
        .join(Slot, (Slot.county_id == Appointment.county_id) & (Slot.id == Appointment.slot_id))
        .where(
            ~Slot.stopped,
            Appointment.resident_id == row.resident_id,
            Appointment.id != row.id,
            Appointment.status.in_(SURE),
            Appointment.starts_at > row.starts_at - APART,
            Appointment.starts_at < row.starts_at + APART,
            # An offer stands beside the very place that it is to replace.
            Appointment.id.is_distinct_from(row.replaces_id),
        )
        .order_by(Appointment.starts_at)
        .limit(1)
    )


def sooner(
    county_id: str,
    resident_id: UUID,
    institution: str,
    department: str | None,
    *,
    than: datetime | None,
    until: date | None,
) -> datetime | None:
    """Return when an ordinary place is free before the first priority one, or at all where there is none.

    `until` is the certificate's last day: after it the paper helps no more.
    """
    if department is None:
        return None
    found = first_open(county_id, institution, department, pools_of(county_id, resident_id))
    if found is not None and until is not None and local_day(found) > until:
        return None
    return found if found is not None and (than is None or found < than) else None

"""Somebody stands at the door: which place of theirs they have come for, and what follows when they are let in."""

from uuid import UUID

from sqlalchemy import select

from backend.booking import coming, queries, service
from backend.booking.models import Appointment
from backend.booking.states import APPOINTMENTS, SURE, AppointmentAction, AppointmentStatus
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor, system_actor
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import session

_IN_BED = ("stay", "bed")


def let_in(actor: Actor, row: Appointment) -> int:
    """Check somebody in and return their number; what was offered in the stead of this place goes to the next.

    Raises Conflict when they are in or have no place.
    """
    number = coming.check_in(actor, row)
    service.settled(row)
    return number


def category_of(referral: Referral) -> str:
    """Return what the person of a referral comes to its hospital for, as the register calls it."""
    return "stay" if referral.category in _IN_BED else referral.category


def place_of(referral: Referral) -> Appointment | None:
    """Return the place that the person of a referral, at its hospital now, has come for, or None."""
    where = (referral.resident_id, referral.to_institution, referral.to_department)
    return place_to_use(referral.county_id, *where, category_of(referral), referral.id)


def place_to_use(
    county_id: str, resident_id: UUID, institution: str, department: str | None, category: str, referral_id: UUID | None
) -> Appointment | None:
    """Return the place that somebody who stands here now has come for, or None.

    Today's go first: the referral's, then one that was booked without it in the department they came to; whoever comes
    to lie here has come for none of another department. Then the referral's of another day, missed or still ahead.
    """
    own = _of_referral(county_id, referral_id, institution, category) if referral_id else None
    if own is not None and own.day == local_day(clock.now()) and own.status in SURE:
        return own
    if category in _IN_BED and department is None:
        return own
    examination = category == "examination"
    where = None if examination else department  # it is made where the apparatus stands, whoever asked for it
    return queries.place_today(county_id, resident_id, institution, where, examination=examination) or own


def arrive(
    county_id: str, resident_id: UUID, institution: str, department: str | None, category: str, referral_id: UUID | None
) -> None:
    """Somebody was registered at the door: the place they have come for is used, also when they come late."""
    row = place_to_use(county_id, resident_id, institution, department, category, referral_id)
    if row is None:
        return
    session().refresh(row, with_for_update=True)
    if (AppointmentStatus(row.status), AppointmentAction.ARRIVE) not in APPOINTMENTS.moves:
        return
    other = queries.live_on_day(row.county_id, row.resident_id, row.institution, row.department, row.day)
    # Whoever missed a place and took another that day has come for the other: never bar the door.
    if other is None or other.id == row.id:
        let_in(system_actor(row.county_id), row)


def _of_referral(county_id: str, referral_id: UUID, institution: str, category: str) -> Appointment | None:
    later = Appointment.day != local_day(clock.now())
    other_kind = Appointment.order_id.is_(None) if category == "examination" else Appointment.order_id.is_not(None)
    missed = Appointment.status == AppointmentStatus.NOSHOW
    return session().scalar(
        select(Appointment)
        .where(
            Appointment.county_id == county_id,
            Appointment.referral_id == referral_id,
            Appointment.institution == institution,
            Appointment.status.in_((*SURE, AppointmentStatus.NOSHOW)),
        )
        .order_by(later, other_kind, missed, Appointment.starts_at, Appointment.id.desc())
        .limit(1)
    )

"""Reads of referrals for the floors above."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from backend.referrals.awaited import AWAITED, ON_GOOD_PAPER
from backend.referrals.models import Referral
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class Bookable:
    """What booking must know to give a priority place."""

    referral_id: UUID
    resident_id: UUID
    direction: str
    category: str
    institution: str
    department: str | None
    emergency: bool


def bookable(county_id: str, referral_id: UUID) -> Bookable | None:
    """Return where a priority place may be booked: consent given, the hospital said yes, not over. Else None.

    Consent and answer must stand for the referral as it is now; a changed one asks again.
    """
    row = session().scalar(
        select(Referral).where(
            Referral.county_id == county_id,
            Referral.id == referral_id,
            text(AWAITED),
        )
    )
    if row is None:
        return None
    return Bookable(
        row.id, row.resident_id, row.direction, row.category, row.to_institution, row.to_department, row.emergency
    )


def goes_again(county_id: str, referral_id: UUID) -> bool:
    """Say whether somebody who has been there may go again on the same certificate: its days and uses are not over."""
    return (
        session().scalar(
            select(Referral.id).where(Referral.county_id == county_id, Referral.id == referral_id, text(ON_GOOD_PAPER))
        )
        is not None
    )

"""Reads of referrals for the floors above."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, text

from backend.referrals.awaited import AWAITED, ON_GOOD_PAPER
from backend.referrals.models import Referral
from backend.referrals.models_certificate import ReferralCertificate
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


def last_day(county_id: str, referral_id: UUID) -> date | None:
    """Return the last day of a referral's certificate, as `WITHIN_CERTIFICATE` reads it; None while there is none."""
    return session().scalar(
        select(func.min(ReferralCertificate.valid_until)).where(
            ReferralCertificate.county_id == county_id, ReferralCertificate.referral_id == referral_id
        )
    )


def goes_again(county_id: str, referral_id: UUID) -> bool:
    """Say whether somebody who has been there may go again on the same certificate: its days and uses are not over."""
    return (
        session().scalar(
            select(Referral.id).where(Referral.county_id == county_id, Referral.id == referral_id, text(ON_GOOD_PAPER))
        )
        is not None
    )

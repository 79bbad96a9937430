"""Reads of what was told of a referral to a hospital without a desk here. XM-5.5, MS-4.2.3d."""

from datetime import date

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival
from backend.referrals.models_outside import OutsideReport
from backend.referrals.states import LIVE, ReferralStatus
from backend.store.db import session

BEEN = (ReferralStatus.ARRIVED, ReferralStatus.CLOSED)


def is_outside(referral: Referral) -> bool:
    """Say whether a referral leads to a hospital that has no desk here."""
    return bool(pack(referral.county_id).institutions.institution(referral.to_institution).outside)


def is_open(referral: Referral) -> bool:
    """Say whether an arrival or a result may still come: not taken back; an expired one had its certificate."""
    expired = referral.status == ReferralStatus.EXPIRED and referral.issued_at is not None
    return referral.direction == "up" and (referral.status in (*LIVE, *BEEN) or expired)


def may_be_told(referral: Referral) -> bool:
    """Say whether anything may be told of it: it leads outside, and something may still come."""
    return is_outside(referral) and is_open(referral)


def came_before(referral: Referral, category: str, on: date) -> bool:
    """Say whether a coming of this kind on this day is in the register already."""
    found = session().scalars(
        select(Arrival.at).where(
            Arrival.county_id == referral.county_id,
            Arrival.referral_id == referral.id,
            Arrival.institution == referral.to_institution,
            Arrival.category == category,
        )
    )
    return any(local_day(at) == on for at in found)


def reports_of(referral: Referral) -> list[OutsideReport]:
    """Return what was told of a referral, the newest first; the caller has authorised."""
    query = select(OutsideReport).where(
        OutsideReport.county_id == referral.county_id, OutsideReport.referral_id == referral.id
    )
    return list(session().scalars(query.order_by(OutsideReport.id.desc())))

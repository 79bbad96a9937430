"""Reads of referrals for the floors above."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select

from backend.referrals.models import Referral, ReferralAnswer, ReferralConsent
from backend.referrals.states import LIVE, AnswerStatus, ConsentStatus
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
    """Return where a priority place may be booked: consent given, the hospital said yes, not ended. Else None.

    Consent and answer must stand for the referral as it is now; a changed one asks again.
    """
    row = session().scalar(
        select(Referral).where(
            Referral.county_id == county_id,
            Referral.id == referral_id,
            Referral.status.in_(LIVE),
            exists().where(
                ReferralConsent.county_id == Referral.county_id,
                ReferralConsent.referral_id == Referral.id,
                ReferralConsent.status == ConsentStatus.GIVEN,
                ReferralConsent.covers_hash == Referral.content_hash,
            ),
            exists().where(
                ReferralAnswer.county_id == Referral.county_id,
                ReferralAnswer.referral_id == Referral.id,
                ReferralAnswer.status == AnswerStatus.ACCEPTED,
                ReferralAnswer.institution == Referral.to_institution,
            ),
        )
    )
    if row is None:
        return None
    return Bookable(
        row.id, row.resident_id, row.direction, row.category, row.to_institution, row.to_department, row.emergency
    )

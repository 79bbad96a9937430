"""What booking does when something happened to a referral."""

from backend.booking import service
from backend.referrals.events import ReferralEnded


def on_referral_ended(event: ReferralEnded) -> None:
    """Give the place back, in the same transaction: a referral that ended keeps nothing."""
    service.give_back(event.county_id, event.referral_id)

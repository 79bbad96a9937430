"""Another day or another department without a new signature: whoever keeps something for the old one hears of it."""

from datetime import date

from backend.referrals.events import ReferralRescheduled
from backend.referrals.models import Referral
from backend.store import events


def tell_moved(referral: Referral, stood: tuple[date | None, str | None]) -> None:
    """Tell that the day or the department is another than it stood: what was kept for the old one is asked again."""
    if stood == (referral.wanted_on, referral.to_department):
        return
    events.publish(
        ReferralRescheduled(county_id=referral.county_id, referral_id=referral.id, resident_id=referral.resident_id)
    )

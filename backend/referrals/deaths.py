"""What referral does when somebody has died: nothing of theirs is asked, signed or waited for any more."""

from sqlalchemy import select

from backend.people.events import ResidentDied
from backend.referrals import endings
from backend.referrals.models import Referral
from backend.referrals.states import LIVE
from backend.store.db import session


def on_died(event: ResidentDied) -> None:
    """End what is under way; the place and the bed go back with it, in the same transaction."""
    rows = session().scalars(
        select(Referral).where(
            Referral.county_id == event.county_id,
            Referral.resident_id == event.resident_id,
            Referral.status.in_(LIVE),
        )
    )
    for row in rows.all():
        endings.end_by_itself(row, "died")

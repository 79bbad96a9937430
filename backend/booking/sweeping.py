"""What time does to places: checkouts run out, and what referred patients did not take goes to all."""

from sqlalchemy.orm import Session

from backend.booking.open_places import expire
from backend.booking.statements_open import GIVE_BACK


def expire_holds(_current: Session, county_id: str) -> int:
    """Give back every place whose checkout ran out. Returns how many."""
    return expire(county_id)


def give_back(current: Session, county_id: str) -> int:
    """Hand what is not taken by the pack's hour to the general pool. Returns how many times of a session grew."""
    return len(current.execute(GIVE_BACK, {"county": county_id}).all())

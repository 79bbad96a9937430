"""What time does to places: checkouts and offers run out, what is not taken goes to all, and who did not come."""

from sqlalchemy.orm import Session

from backend.booking import bed_tasks, coming, displaced, offers, wait_list
from backend.booking.offers import expire
from backend.booking.statements_open import GIVE_BACK


def expire_holds(_current: Session, county_id: str) -> int:
    """Give back every place whose checkout or offer ran out. Returns how many."""
    ended = 0
    while some := expire(county_id):
        ended += some
    return ended


def give_back(current: Session, county_id: str) -> int:
    """Hand what is not taken by the pack's hour to the general pool. Returns how many times of a session grew."""
    grown = 0
    while rows := current.execute(GIVE_BACK, {"county": county_id}).all():
        offers.offer_freed(county_id, [row.slot_id for row in rows])
        grown += len(rows)
    return grown


def offer_waited_for(current: Session, county_id: str) -> int:
    """Offer what is free to whoever waits, and let go of waits whose last day is over. Returns how many of both."""
    return wait_list.end_what_is_over(current, county_id) + offers.offer_waited_for(current, county_id)


def phone_displaced(current: Session, county_id: str) -> int:
    """Find whoever has a place in a stopped session and was not looked after yet. Returns how many."""
    return displaced.forgotten(current, county_id)


def ask_for_beds(current: Session, county_id: str) -> int:
    """Put every bed that is asked for and on nobody's list on the desk's. Returns how many."""
    return bed_tasks.forgotten(current, county_id)


def mark_missed(current: Session, county_id: str) -> int:
    """Write down who did not come to sessions that are over. Returns how many, and sessions that nobody looked at."""
    return coming.mark_missed(current, county_id)

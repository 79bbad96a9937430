"""What may be done with places now: one question an act, asked of what is seen and of the papers. Pure.

True and False are what has to come of it. None: a checkout ran out at that very time, and either is right.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.integration.walk.paper import Paper
from tests.integration.walk.seen import LIVE, Seen

MOST, MOST_ADDED = 3, 2


def latest(papers: Sequence[Paper], patient: int) -> Paper | None:
    """Return a patient's newest referral."""
    return next((one for one in reversed(papers) if one.patient == patient), None)


def may_book(seen: Seen, paper: Paper, person: UUID, slot: Any) -> bool:
    """Take a place of the referral pool."""
    return (
        paper.entitled
        and slot.pool == "referral"
        and slot.department == paper.department
        and seen.free(slot)
        and not any(str(one.referral_id) == paper.id and not seen.by_then(one) for one in seen.of(person, *LIVE))
        and not seen.on_day(person, slot.department, slot.day)
    )


def may_take(seen: Seen, person: UUID, slot: Any, *, contracted: bool) -> bool | None:
    """Keep a place without a referral."""
    if (
        (slot.pool == "general" or (slot.pool == "contract" and contracted))
        and seen.free(slot)
        and not seen.of(person, "held")
        and seen.seats(person) < MOST
        and not seen.on_day(person, slot.department, slot.day)
    ):
        return True
    ran_out = any(
        one.slot_id == slot.id and one.status in ("held", "offered") and one.held_until <= seen.now
        for one in seen.places.values()
    )
    return None if ran_out else False


def early_enough(seen: Seen, one: Any, hours: int) -> bool:
    """Say whether a person may still change it alone."""
    stopped = seen.slots[one.slot_id].stopped_at is not None
    return one.status != "booked" or stopped or one.starts_at - seen.now >= timedelta(hours=hours)


def may_confirm(seen: Seen, one: Any) -> bool:
    """Make a checkout sure."""
    return one.status == "held" and one.held_until > seen.now


def may_cancel(seen: Seen, one: Any, hours: int | None) -> bool:
    """Give it up; `hours` is the county's cut-off, for who does it alone."""
    return one.status in ("held", "offered", "pending", "booked") and (hours is None or early_enough(seen, one, hours))


def may_move(seen: Seen, one: Any, slot: Any, hours: int) -> bool:
    """Change the time."""
    return seen.free(slot) and would_fit(seen, one, slot, hours)


def would_fit(seen: Seen, one: Any, slot: Any, hours: int) -> bool:
    """Whether nothing but room decides about a change of time."""
    return (
        one.status in ("pending", "booked")
        and early_enough(seen, one, hours)
        and slot.id != one.slot_id
        and slot.pool == seen.slots[one.slot_id].pool
        and slot.department == one.department
        and not seen.on_day(one.resident_id, slot.department, slot.day, but=one.id)
    )


def may_accept(seen: Seen, offer: Any, papers: Sequence[Paper]) -> bool:
    """Take what is offered."""
    if offer.status != "offered" or offer.held_until <= seen.now:
        return False
    if offer.replaces_id is not None:
        old = seen.places[offer.replaces_id]
        return old.status in ("booked", "pending") and not seen.on_day(
            offer.resident_id, offer.department, offer.day, but=old.id
        )
    if seen.on_day(offer.resident_id, offer.department, offer.day):
        return False
    if offer.referral_id is None:
        return seen.seats(offer.resident_id) < MOST
    paper = next(one for one in papers if one.id == str(offer.referral_id))
    has = any(one.referral_id == offer.referral_id for one in seen.of(offer.resident_id, *LIVE))
    return paper.entitled and paper.department == offer.department and not has


def may_add(seen: Seen, person: UUID, slot: Any) -> bool:
    """Add a place by hand to a full time."""
    return (
        not slot.stopped
        and slot.taken >= slot.capacity
        and slot.over < MOST_ADDED
        and slot.ends_at > seen.now
        and not seen.on_day(person, slot.department, slot.day)
    )


def may_check_in(seen: Seen, one: Any) -> bool:
    """Come: early, late, unconfirmed, it is all the same; but nobody comes twice on a day."""
    if one.status == "noshow":
        other = [o for o in seen.of(one.resident_id, *LIVE) if one.referral_id and o.referral_id == one.referral_id]
        return not other and not seen.on_day(one.resident_id, one.department, one.day)
    return one.status in ("pending", "booked")


def may_wait(
    seen: Seen, person: UUID, department: str, paper: Paper | None, *, contracted: bool, days: tuple[Any, Any]
) -> bool:
    """Join the wait list: for nothing that is free, once a department, for a referral with both yeses."""
    if paper is not None and not (paper.entitled and paper.department == department):
        return False
    if any(
        (one.resident_id, one.department) == (person, department) and one.status in ("waiting", "offered")
        for one in seen.waits.values()
    ):
        return False
    pools = ("referral",) if paper else ("contract", "general") if contracted else ("general",)
    mine = min(
        (
            one.starts_at
            for one in seen.of(person, "booked")
            if one.department == department
            and one.starts_at > seen.now
            and (str(one.referral_id) == paper.id if paper else one.referral_id is None)
        ),
        default=None,
    )
    return not any(
        slot.pool in pools
        and slot.department == department
        and days[0] <= slot.day <= days[1]
        and (mine is None or slot.starts_at < mine)
        and seen.free(slot)
        and slot.stopped_at is None
        for slot in seen.slots.values()
    )


def may_stop(seen: Seen, session: UUID) -> bool:
    """Call a session off."""
    slot = next(one for one in seen.slots.values() if one.session_id == session)
    return slot.stopped_at is None and slot.ends_at > seen.now

"""How a session's places are shared among the pools, and when each pool opens and gives back. XM-5.4b, MS-4.2.1. Pure.

The referred patients' share is never less than promised; people with a family doctor come next; the rest is for all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from backend.alliance.packs.sections.booking import Quota
from backend.booking.spread import share, spread
from backend.booking.states import SlotPool
from backend.kernel.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Places:
    """Some places of one pool at one time of a day."""

    pool: SlotPool
    starts_at: datetime
    capacity: int
    opens_at: datetime | None
    gives_back_at: datetime | None


def shared(quota: Quota, capacity: int, *, expert: bool, contract_pool: bool = True) -> dict[SlotPool, int]:
    """Return how many places of a session each pool has; together they are the session's capacity."""
    referral = share(capacity, quota.referral_expert_percent if expert else quota.referral_percent)
    contract = min(share(capacity, quota.contract_percent), capacity - referral) if contract_pool else 0
    return {
        SlotPool.REFERRAL: referral,
        SlotPool.CONTRACT: contract,
        SlotPool.GENERAL: capacity - referral - contract,
    }


def places(
    quota: Quota, day: date, start: time, end: time, capacity: int, *, expert: bool, contract_pool: bool = True
) -> Iterator[Places]:
    """Yield the places of a session. Referred patients may book as soon as it is made; the others at the release."""
    # With the day's release, so that everybody knows the minute: what nobody took is let go like all the rest.
    back = datetime.combine(day, quota.release_at, SHANGHAI) - timedelta(hours=quota.give_back_hours)
    for pool, count in shared(quota, capacity, expert=expert, contract_pool=contract_pool).items():
        for part in spread(start, end, count):
            starts_at = datetime.combine(day, part.start, SHANGHAI)
            yield Places(
                pool=pool,
                starts_at=starts_at,
                capacity=part.places,
                opens_at=opening(quota, pool, day),
                gives_back_at=None if pool is SlotPool.GENERAL else back,
            )


def opening(quota: Quota, pool: SlotPool, day: date) -> datetime | None:
    """Return when a pool's places of a day are let go (放号), or None for at once."""
    lead = {SlotPool.CONTRACT: quota.contract_lead_days, SlotPool.GENERAL: quota.public_lead_days}.get(pool)
    return None if lead is None else datetime.combine(day - timedelta(days=lead), quota.release_at, SHANGHAI)

"""How a session is shared among the pools: the referred patients' promise first, every place once."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.alliance.packs.sections.booking import Quota
from backend.booking.sharing import opening, places, shared
from backend.booking.states import SlotPool
from backend.kernel.clock import SHANGHAI

DAY = date(2026, 12, 4)


def quota(referral: int = 30, expert: int = 50, contract: int = 10) -> Quota:
    return Quota(
        referral_percent=referral,
        referral_expert_percent=expert,
        contract_percent=contract,
        referral_lead_days=14,
        contract_lead_days=10,
        public_lead_days=7,
        release_at=time(7, 30),
        give_back_hours=48,
        source="S-booking-quota",
        sample=True,
    )


@given(capacity=st.integers(1, 500), percents=st.tuples(st.integers(0, 60), st.integers(0, 40)), expert=st.booleans())
def test_every_place_is_in_one_pool_and_the_promise_is_kept(
    capacity: int, percents: tuple[int, int], expert: bool
) -> None:
    rules = quota(percents[0], percents[0], percents[1])
    split = shared(rules, capacity, expert=expert)
    assert sum(split.values()) == capacity
    assert min(split.values()) >= 0
    assert split[SlotPool.REFERRAL] * 100 >= capacity * percents[0]
    made = list(places(rules, DAY, time(8), time(12), capacity, expert=expert))
    assert {pool: sum(one.capacity for one in made if one.pool is pool) for pool in SlotPool} == split


def test_the_expert_share_counts_in_expert_sessions_only() -> None:
    assert shared(quota(), 12, expert=True)[SlotPool.REFERRAL] == 6
    assert shared(quota(), 12, expert=False)[SlotPool.REFERRAL] == 4


def test_examinations_have_no_pool_of_people_with_a_family_doctor() -> None:
    assert shared(quota(), 12, expert=False, contract_pool=False)[SlotPool.CONTRACT] == 0


def test_who_may_book_when() -> None:
    assert opening(quota(), SlotPool.REFERRAL, DAY) is None
    assert opening(quota(), SlotPool.CONTRACT, DAY) == datetime(2026, 11, 24, 7, 30, tzinfo=SHANGHAI)
    assert opening(quota(), SlotPool.GENERAL, DAY) == datetime(2026, 11, 27, 7, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize("pool", [SlotPool.REFERRAL, SlotPool.CONTRACT])
def test_what_is_kept_goes_back_with_a_days_release(pool: SlotPool) -> None:
    kept = {one.gives_back_at for one in places(quota(), DAY, time(8), time(12), 20, expert=False) if one.pool is pool}
    assert kept == {datetime.combine(DAY, time(7, 30), SHANGHAI) - timedelta(hours=48)}
    free = [one for one in places(quota(), DAY, time(8), time(12), 20, expert=False) if one.pool is SlotPool.GENERAL]
    assert {one.gives_back_at for one in free} == {None}

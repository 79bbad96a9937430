"""The kept share is never less than promised, and its times are ones that people can remember."""

from datetime import time

import pytest

from backend.booking.spread import Slice, share, spread


def test_a_morning_of_twenty_keeps_six_places_at_six_times() -> None:
    assert share(20, 30) == 6
    assert spread(time(8), time(12), 6) == tuple(
        Slice(time(hour, minute), 1) for hour, minute in [(8, 0), (8, 40), (9, 20), (10, 0), (10, 40), (11, 20)]
    )


@pytest.mark.parametrize(
    ("capacity", "percent", "kept"), [(16, 30, 5), (12, 50, 6), (1, 1, 1), (10, 0, 0), (3, 100, 3)]
)
def test_the_share_is_rounded_for_the_patients(capacity: int, percent: int, kept: int) -> None:
    assert share(capacity, percent) == kept


@pytest.mark.parametrize("places", range(1, 60))
def test_no_place_is_lost_and_all_lie_inside(places: int) -> None:
    slices = spread(time(14, 30), time(17, 30), places)
    assert sum(one.places for one in slices) == places
    assert len({one.start for one in slices}) == len(slices)
    assert all(time(14, 30) <= one.start < time(17, 30) for one in slices)
    assert all(one.start.minute % 5 == 0 for one in slices)
    assert max(one.places for one in slices) - min(one.places for one in slices) <= 1

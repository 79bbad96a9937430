"""Small numbers in a table with sums: hidden, and nothing left from which they could be worked out."""

import random

import pytest

from backend.oversight.suppression import hidden


def test_a_single_small_number_takes_the_next_smallest_of_its_row_and_column_along() -> None:
    table = [[3, 20, 30], [40, 50, 60], [70, 80, 90]]
    closed = hidden(table, 5)
    assert {(0, 0), (0, 1)} <= closed, "the row's sum would tell it"
    assert {(1, 0)} <= closed, "and the column's"
    assert (2, 2) not in closed


def test_nothing_small_hides_nothing_and_zero_is_told() -> None:
    assert hidden([[0, 5, 9], [7, 0, 8]], 5) == set()
    assert hidden([[1, 2]], 0) == set(), "the county's setting says that nothing is hidden"
    assert hidden([], 5) == set()


@pytest.mark.parametrize("seed", range(60))
def test_no_row_or_column_with_something_to_spare_has_a_single_hidden_place(seed: int) -> None:
    dice = random.Random(seed)
    table = [[dice.choice((0, 1, 4, 5, 6, 30)) for _ in range(3)] for _ in range(5)]
    closed = hidden(table, 5)
    assert {(r, c) for r, row in enumerate(table) for c, value in enumerate(row) if 0 < value < 5} <= closed
    lines = [[(r, c) for c in range(3)] for r in range(5)] + [[(r, c) for r in range(5)] for c in range(3)]
    for places in lines:
        spare = [place for place in places if place not in closed and table[place[0]][place[1]] > 0]
        assert sum(place in closed for place in places) != 1 or not spare

"""The sum below a column tells nothing that the column hides."""

import pytest

from backend.desk.bureau_views import FEW_TEXT, total_of


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        ([], "0"),
        ([0, 0], "0"),
        ([2, 0], FEW_TEXT),
        ([1, 1], FEW_TEXT),
        ([3, 3], "6"),
        ([3, 7], "10"),
        ([7, 0], "7"),
    ],
)
def test_a_sum_is_no_way_round_what_is_hidden(column: list[int], shown: str) -> None:
    assert total_of(column) == shown

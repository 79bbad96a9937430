"""A sum beside small counts tells nothing that they hide."""

from datetime import date

import pytest

from backend.desk import outflow_views
from backend.desk.bureau_views import FEW_TEXT, total_of
from backend.oversight.direct_visits import Matched


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


def test_the_share_beside_the_list_tells_none_of_its_small_lines() -> None:
    by_kind = {"certificate": 7, "emergency": 20, "special": 10, "registered": 2, "unmatched": 30, "direct": 40}
    found = Matched(date(2026, 10, 1), by_kind, 109, date(2026, 10, 31), sample=False)
    cells = [(cell, counts) for _, cell, counts in outflow_views.standings(found, 5)]
    told = found.counted(5).part
    shown = sum(int(cell) for cell, counts in cells if counts and cell.isdigit())
    assert (told, [cell for cell, counts in cells if counts].count(outflow_views.FEW)) == (72, 2)
    assert told - shown != by_kind["registered"]
    assert [cell for cell, counts in cells if not counts] == ["7", "20", "10"]

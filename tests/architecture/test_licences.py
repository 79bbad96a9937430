"""Everything we build on is named with its licence, and none of them forbids what we do with it."""

import pytest

from launcher import licences


def test_the_page_is_up_to_date() -> None:
    assert licences.PAGE.read_text() == licences.text(), "type: make licences"


@pytest.mark.parametrize("rows", [licences.python_rows, licences.npm_rows])
def test_every_licence_is_known(rows: object) -> None:
    unknown = [name for name, _, licence in rows() if licence in {"", "not said", "UNKNOWN"}]  # type: ignore[operator]
    assert unknown == []

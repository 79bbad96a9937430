"""Times as the phone's own pages say them: miniapp-mock/tests/human.test.ts has the same words."""

from datetime import datetime

import pytest

from backend.booking.instants import say
from backend.kernel.clock import SHANGHAI


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        ("2026-12-01T09:20", "12月1日 周二 上午 9:20"),
        ("2026-11-26T14:05", "11月26日 周四 下午 2:05"),
        ("2026-11-10T19:00", "11月10日 周二 晚上 7:00"),
        ("2027-01-03T12:10", "1月3日 周日 中午 12:10"),
        ("2026-11-25T00:05", "11月25日 周三 凌晨 0:05"),
    ],
)
def test_an_instant_is_said_as_on_the_phone(wall: str, words: str) -> None:
    assert say(datetime.fromisoformat(wall).replace(tzinfo=SHANGHAI)) == words

"""A used-up quota rests until its time, a broken line for a moment, and one caller tries it again."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.wechat.brakes import FAILURES_BEFORE_REST, REST_AFTER_FAILURES, Brakes, beijing_midnight, next_minute
from backend.wechat.errors import QuotaUsedUp, WeChatUnavailable


class _Watch:
    def __init__(self) -> None:
        self.time = datetime(2026, 1, 5, 9, 0, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


def test_day_ends_at_midnight_in_beijing() -> None:
    assert beijing_midnight(datetime(2026, 1, 5, 15, 59, tzinfo=UTC)) == datetime(2026, 1, 5, 16, 0, tzinfo=UTC)
    assert beijing_midnight(datetime(2026, 1, 5, 16, 0, tzinfo=UTC)) == datetime(2026, 1, 6, 16, 0, tzinfo=UTC)


def test_minute_starts_afresh_with_a_spread() -> None:
    start = datetime(2026, 1, 5, 9, 1, tzinfo=UTC)
    found = {next_minute(start - timedelta(seconds=30)) for _ in range(50)}
    assert all(start <= one <= start + timedelta(seconds=5) for one in found)
    assert len(found) > 1


def test_quota_rests_for_its_own_call_only_and_until_its_time() -> None:
    watch = _Watch()
    brakes = Brakes(watch.now)
    until = watch.time + timedelta(hours=1)
    brakes.quota_used_up("send", 45009, until)
    brakes.check("login")
    with pytest.raises(QuotaUsedUp) as caught:
        brakes.check("send")
    assert caught.value.until == until
    brakes.answered("send")
    with pytest.raises(QuotaUsedUp):
        brakes.check("send")
    watch.time = until
    brakes.check("send")
    brakes.check("send")


def test_broken_line_rests_then_lets_one_caller_try() -> None:
    watch = _Watch()
    brakes = Brakes(watch.now)
    for _ in range(FAILURES_BEFORE_REST):
        brakes.check("login")
        brakes.line_broke("login")
    with pytest.raises(WeChatUnavailable) as caught:
        brakes.check("login")
    assert not caught.value.reached
    watch.time += REST_AFTER_FAILURES
    brakes.check("login")
    with pytest.raises(WeChatUnavailable):
        brakes.check("login")
    brakes.answered("login")
    brakes.check("login")
    brakes.check("login")


def test_answers_in_between_keep_the_line_open() -> None:
    brakes = Brakes(_Watch().now)
    for _ in range(3 * FAILURES_BEFORE_REST):
        brakes.line_broke("send")
        brakes.answered("send")
        brakes.check("send")

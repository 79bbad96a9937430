"""Every answer to a send has one meaning, and only a request that may have been carried out is unknown."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.wechat.errors import ConfigurationWrong, QuotaUsedUp, WeChatError, WeChatUnavailable
from backend.wechat.gateway import Outcome
from backend.wechat.sdk import Reply
from backend.wechat.sending import judge, judge_error

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("errcode", "outcome", "configuration"),
    [
        (0, Outcome.SENT, False),
        (None, Outcome.UNKNOWN, False),
        (43101, Outcome.NO_CREDIT, False),
        (40003, Outcome.REJECTED, False),
        (47001, Outcome.REJECTED, False),
        (99999, Outcome.REJECTED, False),
        (40037, Outcome.REJECTED, True),
        (41030, Outcome.REJECTED, True),
        (48001, Outcome.REJECTED, True),
        (43104, Outcome.REJECTED, True),
        (40001, Outcome.RETRY_LATER, True),
        (40014, Outcome.RETRY_LATER, True),
        (42001, Outcome.RETRY_LATER, True),
    ],
)
def test_code_has_its_outcome(errcode: int | None, outcome: Outcome, configuration: bool) -> None:
    result = judge(Reply(errcode), NOW)
    assert (result.outcome, result.configuration) == (outcome, configuration)
    assert (result.until is not None) == (outcome is Outcome.RETRY_LATER)


def test_refused_value_names_its_field() -> None:
    result = judge(Reply(47003, keyword="thing1"), NOW)
    assert (result.outcome, result.keyword) == (Outcome.REJECTED, "thing1")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (WeChatUnavailable("send", reached=True), Outcome.UNKNOWN),
        (WeChatUnavailable("send", reached=False), Outcome.RETRY_LATER),
        (QuotaUsedUp("send", 45009, NOW + timedelta(hours=7)), Outcome.RETRY_LATER),
        (ConfigurationWrong("token", 40125), Outcome.RETRY_LATER),
    ],
)
def test_error_has_its_outcome(error: WeChatError, outcome: Outcome) -> None:
    result = judge_error(error, NOW)
    assert result.outcome is outcome
    if outcome is Outcome.RETRY_LATER:
        assert result.until is not None
        assert result.until > NOW

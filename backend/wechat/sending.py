"""What an answer to one send means: the pure part of sending a notice."""

from collections.abc import Callable
from datetime import datetime, timedelta

from backend.wechat.errors import (
    BAD_VALUE,
    NO_CREDIT,
    TOKEN_REFUSED,
    ConfigurationWrong,
    QuotaUsedUp,
    WeChatError,
    WeChatUnavailable,
    named,
)
from backend.wechat.gateway import Outcome, SendResult
from backend.wechat.sdk import Reply

LINE_REST = timedelta(minutes=1)
REPAIR_REST = timedelta(minutes=10)


def judge(reply: Reply, now: datetime) -> SendResult:
    """The result of a send that was answered. An answer without a code proves nothing and counts as unknown."""
    if reply.errcode is None:
        return SendResult(Outcome.UNKNOWN)
    if reply.good:
        message_id = reply.body.get("msgid")
        return SendResult(Outcome.SENT, message_id=str(message_id) if message_id else None)
    if reply.errcode == NO_CREDIT:
        return SendResult(Outcome.NO_CREDIT, reply.errcode)
    if reply.errcode == BAD_VALUE:
        return SendResult(Outcome.REJECTED, reply.errcode, keyword=reply.keyword)
    if reply.errcode in TOKEN_REFUSED:
        return SendResult(Outcome.RETRY_LATER, reply.errcode, until=now + REPAIR_REST, configuration=True)
    wrong = isinstance(named("send", reply.errcode, None), ConfigurationWrong)
    return SendResult(Outcome.REJECTED, reply.errcode, configuration=wrong)


def judge_error(error: WeChatError, now: datetime) -> SendResult:
    """The result of a send that got no answer. Only a request that may have been carried out is unknown."""
    if isinstance(error, QuotaUsedUp):
        return SendResult(Outcome.RETRY_LATER, error.errcode, until=error.until)
    if isinstance(error, WeChatUnavailable):
        if error.reached:
            return SendResult(Outcome.UNKNOWN, error.errcode)
        return SendResult(Outcome.RETRY_LATER, error.errcode, until=now + LINE_REST)
    # The token could not be had: every notice waits for the operator, none is thrown away.
    return SendResult(Outcome.RETRY_LATER, error.errcode, until=now + REPAIR_REST, configuration=True)


def without_raising(attempt: Callable[[], Reply], now: Callable[[], datetime]) -> SendResult:
    """Run one attempt and say what became of it."""
    try:
        return judge(attempt(), now())
    except WeChatError as error:
        return judge_error(error, now())

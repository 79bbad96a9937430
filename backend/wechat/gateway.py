"""What the rest of Liandong may ask of WeChat, and every answer it may get.

Nothing here knows HTTP. A refused login or a broken line is an exception of `backend.wechat.errors`; a
notice always ends as a `SendResult`, because whoever sends one has to record what became of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What became of one attempt to send a notice."""

    SENT = "sent"
    NO_CREDIT = "no_credit"
    REJECTED = "rejected"
    RETRY_LATER = "retry_later"
    UNKNOWN = "unknown"


class Suggestion(StrEnum):
    """WeChat's opinion of a text that others will read."""

    PASS = "pass"  # noqa: S105 - not a password
    REVIEW = "review"
    RISKY = "risky"


class TextScene(StrEnum):
    """Where a checked text will be shown; the names of WeChat's four scenes."""

    PROFILE = "profile"
    COMMENT = "comment"
    FORUM = "forum"
    JOURNAL = "journal"


@dataclass(frozen=True)
class LoginResult:
    """Who holds the phone. WeChat's session key is dropped on arrival, so nothing of ours can leak it."""

    openid: str
    unionid: str | None = None


@dataclass(frozen=True)
class PhoneNumber:
    """The number WeChat vouches for, without its country code; hidden from repr and therefore from logs."""

    number: str = field(repr=False)
    country_code: str = "86"


@dataclass(frozen=True)
class SubscribeMessage:
    """One notice to one person. `values` maps the template's keyword (thing1, time2) to a text within its limit."""

    openid: str
    template_id: str
    values: Mapping[str, str]
    page: str | None = None


@dataclass(frozen=True)
class SendResult:
    """The end of one attempt; exactly one HTTP request may have been accepted for it.

    `until` is machine time and set only for retry_later. `keyword` names the refused field of error 47003.
    `message_id` is WeChat's own, when it gave one. `configuration` marks what an operator has to repair.
    """

    outcome: Outcome
    errcode: int | None = None
    until: datetime | None = None
    keyword: str | None = None
    message_id: str | None = None
    configuration: bool = False


@dataclass(frozen=True)
class TextVerdict:
    """The worst opinion over all parts of a text; `label` is WeChat's number for the kind of risk (100 is none)."""

    suggestion: Suggestion
    label: int


class WeChatGateway(Protocol):
    """The door to WeChat. Never call it with a database session open."""

    def login(self, code: str) -> LoginResult:
        """Exchange the code of wx.login; raises CodeRefused, LoginBlocked or WeChatUnavailable."""
        ...

    def phone_number(self, code: str) -> PhoneNumber:
        """Exchange the code of the phone button; raises CodeRefused, QuotaUsedUp or WeChatUnavailable."""
        ...

    def send(self, message: SubscribeMessage) -> SendResult:
        """Send one notice once; never raises for anything WeChat or the line can do."""
        ...

    def check_text(self, openid: str, scene: TextScene, text: str) -> TextVerdict:
        """Ask WeChat's opinion of a text others will read; on WeChatError let it through and flag it."""
        ...

    def url_link(self, page: str, query: str, days: int = 30) -> str:
        """A link for a text message that opens a page of the mini-program; lives 1 to 30 days."""
        ...

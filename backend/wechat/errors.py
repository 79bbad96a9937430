"""What can go wrong at WeChat, by name, and which error code means which.

The messages carry the code and the call only: never an address, a secret, a token or a person.
"""

from datetime import datetime

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
BUSY = -1
DAY_QUOTA = 45009
MINUTE_QUOTA = 45011
NO_CREDIT = 43101
BAD_VALUE = 47003
BAD_PAGE = 41030


class WeChatError(Exception):
    """Anything WeChat refused or failed at."""

    def __init__(self, call: str, errcode: int | None = None, request_id: str | None = None) -> None:
        self.call = call
        self.errcode = errcode
        self.request_id = request_id
        super().__init__(f"{type(self).__name__} in {call}: errcode={errcode} rid={request_id}")


class CodeRefused(WeChatError):
    """The login or phone code is wrong, used or too old: the mini-program must ask for a new one."""


class LoginBlocked(WeChatError):
    """WeChat holds this account to be risky and does not let it in."""


class PersonUnknown(WeChatError):
    """WeChat does not know this openid under our AppID, or has not seen it lately."""


class ConfigurationWrong(WeChatError):
    """AppID, secret, template, page or right is wrong: an operator must act, no retry can help."""


class RequestWrong(WeChatError):
    """WeChat does not accept what we sent: a defect of ours."""


class QuotaUsedUp(WeChatError):
    """The quota is used up until `until` (machine time)."""

    def __init__(self, call: str, errcode: int | None, until: datetime, request_id: str | None = None) -> None:
        super().__init__(call, errcode, request_id)
        self.until = until


class WeChatUnavailable(WeChatError):
    """No answer, or one that cannot be read. `reached` tells whether the request may have been carried out."""

    def __init__(self, call: str, *, reached: bool, errcode: int | None = None) -> None:
        super().__init__(call, errcode)
        self.reached = reached


_MEANING: dict[int, type[WeChatError]] = {
    40029: CodeRefused,
    40163: CodeRefused,
    40226: LoginBlocked,
    40003: PersonUnknown,
    61010: PersonUnknown,
    40002: ConfigurationWrong,
    40013: ConfigurationWrong,
    40125: ConfigurationWrong,
    40164: ConfigurationWrong,
    40037: ConfigurationWrong,
    41030: ConfigurationWrong,
    40165: ConfigurationWrong,
    43104: ConfigurationWrong,
    48001: ConfigurationWrong,
    # After the one refresh a refused token means a wrong secret or a rival that keeps renewing it.
    40001: ConfigurationWrong,
    40014: ConfigurationWrong,
    42001: ConfigurationWrong,
}


def named(call: str, errcode: int, request_id: str | None) -> WeChatError:
    """The error that a code means; quotas and -1 are handled before, everything unlisted is RequestWrong."""
    return _MEANING.get(errcode, RequestWrong)(call, errcode, request_id)

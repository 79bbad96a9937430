"""The line to WeChat: the token refreshed once, patience with -1, brakes, named errors.

Used by `client`, which knows what each call means; this file knows only how a call is made.
"""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.wechat.access_token import Cache, Grant, Token, TokenKeeper
from backend.wechat.brakes import Brakes, beijing_midnight, next_minute
from backend.wechat.errors import (
    BUSY,
    DAY_QUOTA,
    MINUTE_QUOTA,
    TOKEN_REFUSED,
    QuotaUsedUp,
    WeChatUnavailable,
    named,
)
from backend.wechat.sdk import Reply, Transport
from backend.wechat.settings import WeChatSettings

BUSY_PAUSES_SECONDS = (0.3, 0.6, 1.2)

log = logging.getLogger(__name__)


def good(call: str, reply: Reply) -> Reply:
    """The reply where WeChat did what it was asked, else the named error."""
    if reply.errcode:
        raise named(call, reply.errcode, reply.request_id)
    return reply


class Line:
    """One per process; threads share it. `now` is machine time."""

    def __init__(
        self,
        settings: WeChatSettings,
        cache: Cache | None,
        now: Callable[[], datetime],
        pause: Callable[[float], None],
    ) -> None:
        self._settings = settings
        self._now = now
        self._pause = pause
        self._brakes = Brakes(now)
        self._transport = Transport(settings.app_id, settings.base_url, connections=settings.connections)
        self._tokens = TokenKeeper(self._ask_for_token, cache, settings.app_id)

    def get(self, call: str, path: str, params: Sequence[tuple[str, str]]) -> Reply:
        """A call that needs no token."""
        return self._patiently(call, lambda: self._transport.get(call, path, params))

    def post(self, call: str, path: str, body: Mapping[str, Any]) -> Reply:
        """A call under the token, repeated once under a renewed one where WeChat refuses the first."""
        token = self._token_for(call, self._tokens.current)
        reply = self._patiently(call, lambda: self._transport.post(call, path, body, token.value))
        if reply.errcode in TOKEN_REFUSED:
            renewed = self._token_for(call, lambda: self._tokens.renewed(token))
            reply = self._patiently(call, lambda: self._transport.post(call, path, body, renewed.value))
        return reply

    def _token_for(self, call: str, get: Callable[[], Token]) -> Token:
        # Whatever became of the token, the call itself has not been made: nothing about it is unknown.
        try:
            return get()
        except WeChatUnavailable as error:
            errcode = error.errcode
        raise WeChatUnavailable(call, reached=False, errcode=errcode)

    def _ask_for_token(self) -> Grant:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret,
            "force_refresh": False,
        }
        reply = self._patiently("token", lambda: self._transport.post("token", "cgi-bin/stable_token", body))
        answer = good("token", reply).body
        token, seconds = answer.get("access_token"), answer.get("expires_in", 7200)
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise WeChatUnavailable("token", reached=True)
        return Grant(token, seconds)

    def _patiently(self, call: str, ask: Callable[[], Reply]) -> Reply:
        """Ask, again after a pause while WeChat is busy (-1); raises QuotaUsedUp and WeChatUnavailable."""
        self._brakes.check(call)
        for wait in (*BUSY_PAUSES_SECONDS, None):
            try:
                reply = ask()
            except WeChatUnavailable:
                self._brakes.line_broke(call)
                raise
            self._brakes.answered(call)
            if reply.errcode != BUSY:
                return self._within_quota(call, reply)
            if wait is not None:
                self._pause(wait * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, guards nothing
        raise WeChatUnavailable(call, reached=False, errcode=BUSY)

    def _within_quota(self, call: str, reply: Reply) -> Reply:
        if reply.errcode not in (DAY_QUOTA, MINUTE_QUOTA):
            return reply
        until = beijing_midnight(self._now()) if reply.errcode == DAY_QUOTA else next_minute(self._now())
        # The minute quota of the login counts per person: one impatient thumb must not keep the others out.
        if reply.errcode == DAY_QUOTA or call != "login":
            self._brakes.quota_used_up(call, reply.errcode, until)
            log.error("wechat: quota of %s is used up, errcode=%s, resting until %s", call, reply.errcode, until)
        raise QuotaUsedUp(call, reply.errcode, until, reply.request_id)

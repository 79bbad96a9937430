"""Asking WeChat who somebody is. Always outside a transaction: WeChat may take its time."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import request

from backend.kernel.errors import Forbidden, Invalid, LiandongError, Unavailable
from backend.people.identity import IdentityRefused, normal_phone
from backend.web import rates
from backend.wechat import errors
from backend.wechat.door import gateway

Answer = TypeVar("Answer")
log = structlog.get_logger()

# A village may share one address of the carrier: wide enough for a market day, too narrow for a flood.
_PER_ADDRESS = {"most": 1200, "seconds": 60}


def openid_of(code: str) -> str:
    """Return who holds the phone, for the code of wx.login. Raises Invalid, Forbidden, TooMany or Unavailable."""
    rates.hit("sign-in", request.remote_addr or "", **_PER_ADDRESS)
    return _ask(lambda: gateway().login(code).openid)


def phone_of(code: str) -> str:
    """Return the normalised phone that WeChat vouches for. Raises as `openid_of` does."""
    rates.hit("phone", request.remote_addr or "", **_PER_ADDRESS)
    given = _ask(lambda: gateway().phone_number(code))
    try:
        return normal_phone(given.number, given.country_code)
    except IdentityRefused as reason:
        raise Invalid("phone_refused", str(reason)) from reason


def _ask(question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except errors.WeChatError as error:
        log.warning("wechat refused", call=error.call, errcode=error.errcode, kind=type(error).__name__)
        raise _ours(error) from None


def _ours(error: errors.WeChatError) -> LiandongError:
    if isinstance(error, errors.CodeRefused):
        return Invalid("code_refused", "微信的凭证过期或用过了，请再点一次。")
    if isinstance(error, errors.LoginBlocked):
        return Forbidden("login_blocked", "微信说这个号有风险，暂时不能登录。请换个微信，或到村卫生室、卫生院办理。")
    if isinstance(error, errors.QuotaUsedUp):
        return Unavailable("wechat_busy", "现在登录的人太多，请过一分钟再试。着急请直接打村医或卫生院的电话。")
    return Unavailable("wechat_away", "微信现在没有回应，请过一会儿再试。着急请直接打村医或卫生院的电话。")

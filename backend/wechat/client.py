"""The real door to WeChat over HTTP: what each call sends, and what its answer means."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from backend.wechat import contents, sending
from backend.wechat.access_token import Cache
from backend.wechat.errors import BAD_PAGE, WeChatUnavailable
from backend.wechat.gateway import LoginResult, PhoneNumber, SendResult, SubscribeMessage, TextScene, TextVerdict
from backend.wechat.line import Line, good
from backend.wechat.settings import WeChatSettings

log = logging.getLogger(__name__)


class HttpWeChat:
    """The `WeChatGateway` that talks to WeChat, or to its stand-in. One per process; threads share it."""

    def __init__(
        self,
        settings: WeChatSettings,
        cache: Cache | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._now = now
        self._line = Line(settings, cache, now, pause)

    def login(self, code: str) -> LoginResult:
        """Exchange the code of wx.login. Needs no token, so a token quota that is used up locks nobody out."""
        params = (
            ("appid", self._settings.app_id),
            ("secret", self._settings.app_secret),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        )
        reply = good("login", self._line.get("login", "sns/jscode2session", params))
        openid = reply.body.get("openid")
        if not isinstance(openid, str) or not openid:
            raise WeChatUnavailable("login", reached=True)
        unionid = reply.body.get("unionid")
        return LoginResult(openid, unionid if isinstance(unionid, str) else None)

    def phone_number(self, code: str) -> PhoneNumber:
        """Exchange the code of the phone button; the answer must be marked for our own AppID."""
        reply = self._line.post("phone", "wxa/business/getuserphonenumber", {"code": code})
        return contents.phone_number(good("phone", reply).body, self._settings.app_id)

    def send(self, message: SubscribeMessage) -> SendResult:
        """Send one notice. A page missing from the released version is left out; nothing else is tried twice."""
        result = self._send_once(message, message.page)
        if result.errcode == BAD_PAGE and message.page is not None:
            log.error("wechat: page %s is not in the released mini-program", message.page.partition("?")[0])
            result = self._send_once(message, None)
        if result.configuration:
            log.error("wechat: configuration wrong, errcode=%s template=%s", result.errcode, message.template_id)
        return result

    def check_text(self, openid: str, scene: TextScene, text: str) -> TextVerdict:
        """The worst of WeChat's opinions, asked for 2,500 characters at a time."""
        verdicts = []
        for part in contents.parts_of(text):
            body = {"version": 2, "openid": openid, "scene": contents.SCENE_NUMBER[scene], "content": part}
            reply = self._line.post("check_text", "wxa/msg_sec_check", body)
            verdicts.append(contents.verdict(good("check_text", reply).body))
        return contents.worst(verdicts)

    def url_link(self, page: str, query: str, days: int = 30) -> str:
        """A link that opens a page of the mini-program and ends by itself after 1 to 30 days."""
        if not 1 <= days <= 30:
            raise ValueError("a link lives 1 to 30 days")
        body = {"path": page, "query": query, "expire_type": 1, "expire_interval": days}
        link = good("url_link", self._line.post("url_link", "wxa/generate_urllink", body)).body.get("url_link")
        if not isinstance(link, str):
            raise WeChatUnavailable("url_link", reached=True)
        return link

    def _send_once(self, message: SubscribeMessage, page: str | None) -> SendResult:
        body: dict[str, Any] = {
            "touser": message.openid,
            "template_id": message.template_id,
            "data": {keyword: {"value": value} for keyword, value in message.values.items()},
            "miniprogram_state": self._settings.stage,
            "lang": "zh_CN",
        }
        if page is not None:
            body["page"] = page
        attempt = lambda: self._line.post("send", "cgi-bin/message/subscribe/send", body)  # noqa: E731
        return sending.without_raising(attempt, self._now)

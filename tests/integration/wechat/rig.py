"""A door to WeChat whose answers the test writes, and which never really waits."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import responses

from backend.wechat.client import HttpWeChat
from backend.wechat.gateway import SubscribeMessage
from backend.wechat.settings import WeChatSettings

BASE = "https://wechat.test"
SECRET = "very-secret-secret"
TOKEN = f"{BASE}/cgi-bin/stable_token"
LOGIN = f"{BASE}/sns/jscode2session"
SEND = f"{BASE}/cgi-bin/message/subscribe/send"
PHONE = f"{BASE}/wxa/business/getuserphonenumber"
CHECK = f"{BASE}/wxa/msg_sec_check"
LINK = f"{BASE}/wxa/generate_urllink"
NOON = datetime(2026, 1, 5, 4, 0, 30, tzinfo=UTC)
MESSAGE = SubscribeMessage("o-1", "T1", {"thing1": "您有一条健康提醒"}, "pages/home/index?id=7")


@dataclass
class Rig:
    """The door, the answers it gets, and how long it would have waited."""

    answers: responses.RequestsMock
    pauses: list[float] = field(default_factory=list)
    time: datetime = NOON

    def __post_init__(self) -> None:
        settings = WeChatSettings("wx-ours", SECRET, BASE)
        self.door = HttpWeChat(settings, now=lambda: self.time, pause=self.pauses.append)

    def token(self, value: str = "T-1", seconds: int = 7200) -> None:
        self.answers.post(TOKEN, json={"access_token": value, "expires_in": seconds})

    def calls(self, url: str) -> int:
        return sum(1 for call in self.answers.calls if str(call.request.url).startswith(url))

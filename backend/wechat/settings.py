"""Which mini-program we are, and where WeChat is."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

WECHAT_HOST = "https://api.weixin.qq.com"


@dataclass(frozen=True)
class WeChatSettings:
    """Which mini-program we are, and where WeChat is. `stage` is formal, trial or developer."""

    app_id: str
    app_secret: str = field(repr=False)
    base_url: str = WECHAT_HOST
    stage: str = "formal"
    connections: int = 16

    def __post_init__(self) -> None:
        if urlsplit(self.base_url).scheme not in ("http", "https") or not urlsplit(self.base_url).hostname:
            raise ValueError("WeChat's address must be an http(s) address")
        if self.stage not in ("formal", "trial", "developer"):
            raise ValueError("the mini-program's stage is formal, trial or developer")

"""Starts the stand-in as its own process and asks it over HTTP, as the demonstration does."""

import json
import os
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.wechat.client import HttpWeChat
from backend.wechat.settings import WeChatSettings

ROOT = Path(__file__).parents[3]
SERVE = ROOT / "miniapp-mock" / "platform" / "serve.py"
APP_ID, SECRET, TOKEN = "wx-stand-in", "its secret", "its token"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SEND = "/cgi-bin/message/subscribe/send"
PEOPLE = [
    {"openid": "o-li", "nickname": "李大娘", "county": "xinmi", "who": "72 岁，儿子在郑州", "phone": "13800000001"},
    {"openid": "o-wang", "nickname": "王医生", "county": "xinmi", "who": "村医"},
    {"openid": "o-yan", "nickname": "岩罕", "county": "mangshi", "who": "种咖啡"},
]


@dataclass
class StandIn:
    """A running stand-in."""

    process: subprocess.Popen[str]
    url: str
    folder: Path

    def ask(self, path: str, body: object = None, **headers: str) -> Any:
        """GET, or POST where there is a body; the decoded answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json", **headers})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def sends(self) -> list[dict[str, Any]]:
        """Every notice the platform accepted, as the platform itself tells."""
        found: list[dict[str, Any]] = self.ask("/mock/ledger")["sends"]
        return found

    def accept(self, openid: str, *templates: str) -> None:
        self.ask("/mock/subscribe", {"openid": openid, "template_ids": list(templates)})

    def misbehave(self, path: str, mode: str, times: int = 1, **more: object) -> None:
        self.ask("/mock/misbehave", {"path": path, "mode": mode, "times": times, **more})

    def door(self, secret: str = SECRET) -> HttpWeChat:
        """Our real client, pointed at the stand-in; a pause costs nothing."""
        return HttpWeChat(WeChatSettings(APP_ID, secret, self.url), pause=lambda _: None)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()


def start(folder: Path, **env: str) -> StandIn:
    """A stand-in of its own on a free port."""
    given = os.environ | {"LIANDONG_STATE": str(folder), "WECHAT_APP_ID": APP_ID, "WECHAT_APP_SECRET": SECRET} | env
    given.pop("LIANDONG_PUBLIC_URL", None)
    process = subprocess.Popen(
        [sys.executable, str(SERVE), "--port", "0"], env=given, cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    return StandIn(process, said.split()[-1], folder)

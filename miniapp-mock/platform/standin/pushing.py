"""Pushes to the mini-program's own server: sealed, signed, tried three times, never in anybody's way."""

import base64
import hashlib
import json
import queue
import secrets
import struct
import threading
import time
import urllib.error
import urllib.request
from typing import Any
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from standin.settings import Settings

TRIES = 3
ANSWER_SECONDS = 5
WAITING = 10_000


class Pusher:
    """Sends pushes one after another from a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._waiting: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue(WAITING)
        self.delivered = 0
        self.given_up = 0
        if settings.pushes:
            threading.Thread(target=self._work, daemon=True).start()

    def subscribe_event(self, county: str, openid: str, event: str, name: str, entries: list[dict[str, str]]) -> None:
        """Push an event of subscribe messages; in JSON a lone entry is an object instead of a list, as with WeChat."""
        if not self._settings.pushes or not entries:
            return
        contents: dict[str, Any] = {
            "ToUserName": "gh_000000000000",
            "FromUserName": openid,
            "CreateTime": str(int(time.time())),
            "MsgType": "event",
            "Event": event,
        }
        if self._settings.push_format == "json":
            contents["List"] = entries if len(entries) > 1 else entries[0]
        else:
            contents[name] = {"List": entries}
        try:
            self._waiting.put_nowait((county, contents))
        except queue.Full:
            self.given_up += 1

    def _work(self) -> None:
        while True:
            county, contents = self._waiting.get()
            if any(self._deliver(county, contents) for _ in range(TRIES)):
                self.delivered += 1
            else:
                self.given_up += 1

    def _deliver(self, county: str, contents: dict[str, Any]) -> bool:
        as_json = self._settings.push_format == "json"
        plain = json.dumps(contents, ensure_ascii=False) if as_json else f"<xml>{_xml(contents)}</xml>"
        sealed = seal(self._settings, plain)
        timestamp, nonce = str(int(time.time())), secrets.token_hex(5)
        parts = sorted([self._settings.push_token, timestamp, nonce, sealed])
        signature = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
        envelope = {"ToUserName": contents["ToUserName"], "Encrypt": sealed}
        body = json.dumps(envelope) if as_json else f"<xml>{_xml(envelope)}</xml>"
        query = f"timestamp={timestamp}&nonce={nonce}&encrypt_type=aes&msg_signature={signature}"
        request = urllib.request.Request(  # noqa: S310 - the operator's own address
            f"{self._settings.push_url.replace('{county}', county)}?{query}",
            data=body.encode(),
            headers={"Content-Type": "application/json" if as_json else "text/xml"},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
                return bool(answer.status == 200 and answer.read(64) in (b"success", b""))
        except (urllib.error.URLError, OSError):
            return False


def seal(settings: Settings, plain: str) -> str:
    """The cipher text of a push: 16 random bytes, the length, the text and the AppID under AES-256-CBC."""
    key = base64.b64decode(settings.push_aes_key + "=")
    text = plain.encode()
    padder = padding.PKCS7(256).padder()
    content = secrets.token_bytes(16) + struct.pack(">I", len(text)) + text + settings.app_id.encode()
    padded = padder.update(content) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def _xml(contents: dict[str, Any]) -> str:
    found = []
    for name, value in contents.items():
        for one in value if isinstance(value, list) else [value]:
            inner = _xml(one) if isinstance(one, dict) else escape(str(one))
            found.append(f"<{name}>{inner}</{name}>")
    return "".join(found)

"""Opening what WeChat pushes to us: signature, time, cipher, shape. Pure functions; the memory is in `models`.

Only the encrypted form is accepted: in the plain form the signature does not cover the body. Every refusal is
one `PushRefused`, so that a forger learns nothing from how it fails.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from backend.wechat.sdk import CipherBroken, decrypt

WINDOW_SECONDS = 300
LARGEST_BODY = 64 * 1024


class PushRefused(Exception):
    """A push that is not WeChat's, too old, or not readable. `reason` is for our log only."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class CallbackKeys:
    """What the console of the mini-program shows under message push: AppID, token, 43-character AES key."""

    app_id: str
    token: str = field(repr=False)
    aes_key: bytes = field(repr=False)


def read_keys(app_id: str, token: str, aes_key: str) -> CallbackKeys:
    """The keys from the settings; raises ValueError without showing them."""
    try:
        key = base64.b64decode(aes_key + "=", validate=True) if len(aes_key) == 43 else b""
    except binascii.Error:
        key = b""
    if not token or len(key) != 32:
        raise ValueError("WeChat's push needs a token and an AES key of 43 characters")
    return CallbackKeys(app_id, token, key)


def signature_of(*parts: str) -> str:
    """WeChat's signature: SHA-1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def answer_greeting(keys: CallbackKeys, query: Mapping[str, str], now: datetime) -> str:
    """What to answer when the console checks the address (GET): the echo, if WeChat signed; raises PushRefused."""
    _check(keys, query, "signature", now)
    return query.get("echostr", "")[:256]


def open_push(keys: CallbackKeys, query: Mapping[str, str], body: bytes, now: datetime) -> dict[str, Any]:
    """The contents of a push (POST), XML or JSON, as a dict; raises PushRefused. `now` is machine time."""
    if len(body) > LARGEST_BODY:
        raise PushRefused("too large")
    envelope = _read(body)
    cipher_text = envelope.get("Encrypt")
    if not isinstance(cipher_text, str) or not cipher_text:
        raise PushRefused("not encrypted")
    _check(keys, query, "msg_signature", now, cipher_text)
    try:
        plain = decrypt(keys.aes_key, keys.app_id, cipher_text)
    except CipherBroken:
        plain = ""
    if not plain:
        raise PushRefused("cipher")
    return _read(plain.encode())


def _check(keys: CallbackKeys, query: Mapping[str, str], name: str, now: datetime, *more: str) -> None:
    timestamp, nonce, given = query.get("timestamp", ""), query.get("nonce", ""), query.get(name, "")
    expected = signature_of(keys.token, timestamp, nonce, *more)
    if not nonce or not hmac.compare_digest(expected.encode(), given.encode()):
        raise PushRefused("signature")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise PushRefused("time")
    if abs(now.timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise PushRefused("time")


def _read(body: bytes) -> dict[str, Any]:
    found: Any = None
    with contextlib.suppress(ValueError, RecursionError, expat.ExpatError, ET.ParseError, LookupError):
        found = _read_xml(body) if body.lstrip()[:1] == b"<" else json.loads(body)
    if not isinstance(found, dict):
        raise PushRefused("shape")
    return found


def _read_xml(body: bytes) -> dict[str, Any] | str:
    """XML as nested dicts; a repeated element becomes a list. A document type, and with it any entity, is refused."""

    def refuse(*_: object) -> None:
        raise ValueError("document type")

    watchman = expat.ParserCreate()
    watchman.StartDoctypeDeclHandler = refuse
    watchman.Parse(body, True)
    return _as_dict(ET.fromstring(body), depth=0)  # noqa: S314 - a document type was refused above


def _as_dict(element: ET.Element, depth: int) -> dict[str, Any] | str:
    if depth > 8:
        raise ValueError("too deep")
    if len(element) == 0:
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        value = _as_dict(child, depth + 1)
        if child.tag in found:
            earlier = found[child.tag]
            found[child.tag] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            found[child.tag] = value
    return found

"""What WeChat tells us by push, as plain values: taps in the subscribe pop-up, revocations, delivery results."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.wechat.callback import PushRefused


@dataclass(frozen=True)
class Choice:
    """What a person chose for one template. Only "accept" and "acceptWithAudio" are an acceptance."""

    template_id: str
    accepted: bool


@dataclass(frozen=True)
class Push:
    """Any push: who, when, which event, and the key by which a repeated one is known."""

    openid: str
    created_at: datetime
    event: str
    key: str


@dataclass(frozen=True)
class SubscribePopup(Push):
    """A person answered the subscribe pop-up."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class SubscribeChange(Push):
    """A person changed a standing choice in WeChat's settings; WeChat pushes refusals only."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Delivery:
    """How one notice ended on WeChat's side; errcode 0 is delivered."""

    template_id: str
    message_id: str
    errcode: int


@dataclass(frozen=True)
class SubscribeSent(Push):
    """The final results of notices we sent."""

    deliveries: tuple[Delivery, ...]


def read_push(contents: Mapping[str, Any]) -> Push:
    """The push in an opened body; raises PushRefused where who, when or what is missing."""
    openid, event = _text(contents, "FromUserName"), _text(contents, "Event") or _text(contents, "MsgType")
    created = _text(contents, "CreateTime")
    if not openid or not event or not created.isdecimal() or not created.isascii() or len(created) > 11:
        raise PushRefused("shape")
    message_id = _text(contents, "MsgId")
    key = f"msg:{message_id}" if message_id else f"event:{openid}:{created}:{event}:{_fingerprint(contents)}"
    base = (openid, datetime.fromtimestamp(int(created), UTC), event, key[:255])
    if event == "subscribe_msg_popup_event":
        return SubscribePopup(*base, _choices(_entries(contents, "SubscribeMsgPopupEvent")))
    if event == "subscribe_msg_change_event":
        return SubscribeChange(*base, _choices(_entries(contents, "SubscribeMsgChangeEvent")))
    if event == "subscribe_msg_sent_event":
        return SubscribeSent(*base, _deliveries(_entries(contents, "SubscribeMsgSentEvent")))
    return Push(*base)


def _fingerprint(contents: Mapping[str, Any]) -> str:
    """Tells apart two events of one person in the same second; a repeated push has the same contents."""
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()[:16]


def _text(contents: Mapping[str, Any], name: str) -> str:
    value = contents.get(name)
    return str(value).strip() if isinstance(value, str | int) else ""


def _entries(contents: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The list inside: nested in XML, flat in JSON, and a lone entry is an object instead of a list in both."""
    inner = contents.get(name, contents)
    found = inner.get("List") if isinstance(inner, dict) else inner
    entries = found if isinstance(found, list) else [found]
    return [entry for entry in entries if isinstance(entry, dict)]


def _choices(entries: list[Mapping[str, Any]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(_text(entry, "TemplateId"), _text(entry, "SubscribeStatusString").startswith("accept"))
        for entry in entries
        if _text(entry, "TemplateId")
    )


def _deliveries(entries: list[Mapping[str, Any]]) -> tuple[Delivery, ...]:
    found = []
    for entry in entries:
        code = _text(entry, "ErrorCode")
        if _text(entry, "TemplateId") and code.lstrip("-").isdecimal():
            message_id = _text(entry, "MsgID") or _text(entry, "MsgId")
            found.append(Delivery(_text(entry, "TemplateId"), message_id, int(code)))
    return tuple(found)

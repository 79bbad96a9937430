"""Pushes become plain values, whichever of WeChat's shapes they come in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.wechat.callback import PushRefused
from backend.wechat.pushes import (
    Choice,
    Delivery,
    Push,
    SubscribeChange,
    SubscribePopup,
    SubscribeSent,
    read_push,
)

ACCEPT = {"TemplateId": "A", "SubscribeStatusString": "accept", "PopupScene": "0"}
REJECT = {"TemplateId": "B", "SubscribeStatusString": "reject"}
SENT = {"TemplateId": "A", "MsgID": "17", "ErrorCode": "0", "ErrorStatus": "success"}


def _event(name: str, **more: Any) -> dict[str, Any]:
    return {"FromUserName": "o-1", "CreateTime": "1767603600", "MsgType": "event", "Event": name, **more}


@pytest.mark.parametrize(
    "shape",
    [
        {"SubscribeMsgPopupEvent": {"List": [ACCEPT, REJECT]}},
        {"List": [ACCEPT, REJECT]},
    ],
)
def test_popup_in_both_shapes(shape: dict[str, Any]) -> None:
    push = read_push(_event("subscribe_msg_popup_event", **shape))
    assert isinstance(push, SubscribePopup)
    assert push.choices == (Choice("A", True), Choice("B", False))
    assert push.created_at == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_lone_entry_is_an_object_instead_of_a_list() -> None:
    push = read_push(_event("subscribe_msg_change_event", List=REJECT))
    assert isinstance(push, SubscribeChange)
    assert push.choices == (Choice("B", False),)


def test_acceptance_with_sound_is_an_acceptance() -> None:
    push = read_push(_event("subscribe_msg_popup_event", List=ACCEPT | {"SubscribeStatusString": "acceptWithAudio"}))
    assert isinstance(push, SubscribePopup)
    assert push.choices[0].accepted


def test_delivery_result() -> None:
    push = read_push(_event("subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": SENT}))
    assert isinstance(push, SubscribeSent)
    assert push.deliveries == (Delivery("A", "17", 0),)


def test_repeated_push_has_the_same_key_and_another_one_has_not() -> None:
    first = read_push(_event("subscribe_msg_sent_event", List=SENT))
    assert first.key == read_push(_event("subscribe_msg_sent_event", List=SENT)).key
    same_second = read_push(_event("subscribe_msg_sent_event", List=SENT | {"MsgID": "18"}))
    assert first.key != same_second.key


def test_message_is_known_by_its_id() -> None:
    push = read_push({"FromUserName": "o", "CreateTime": 1767603600, "MsgType": "text", "MsgId": 9, "Content": "x"})
    assert type(push) is Push
    assert (push.event, push.key) == ("text", "msg:9")


@pytest.mark.parametrize(
    "change",
    [
        {"FromUserName": ""},
        {"FromUserName": ["o"]},
        {"CreateTime": "soon"},
        {"CreateTime": "9" * 40},
        {"Event": None, "MsgType": ""},
    ],
)
def test_push_without_who_when_or_what_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(PushRefused):
        read_push(_event("x") | change)


@pytest.mark.parametrize("rubbish", [None, "x", 7, [["x"]], {"List": "x"}, {"List": [1, {"TemplateId": ""}]}])
def test_rubbish_in_the_list_is_left_out(rubbish: Any) -> None:
    for name in ("SubscribeMsgPopupEvent", "List"):
        push = read_push(_event("subscribe_msg_popup_event", **{name: rubbish}))
        assert isinstance(push, SubscribePopup)
        assert push.choices == ()

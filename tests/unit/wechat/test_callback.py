"""Only what WeChat sealed and signed a moment ago is opened; everything else fails in one way."""

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wechat.callback import LARGEST_BODY, PushRefused, answer_greeting, open_push, read_keys
from tests.unit.wechat.sealing import query, seal

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
KEYS = read_keys("wx-ours", "t0ken", AES_KEY)
EVENT = {"FromUserName": "o-1", "CreateTime": 1767603600, "MsgType": "event", "Event": "user_enter_tempsession"}


def _xml(cipher_text: str) -> bytes:
    return f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{cipher_text}]]></Encrypt></xml>".encode()


def _json(cipher_text: str) -> bytes:
    return json.dumps({"ToUserName": "gh_1", "Encrypt": cipher_text}).encode()


@pytest.mark.parametrize("envelope", [_xml, _json])
@pytest.mark.parametrize("plain", [json.dumps(EVENT), "<xml><Event>e</Event><List><A>1</A></List></xml>"])
def test_sealed_push_is_opened(envelope: object, plain: str) -> None:
    assert callable(envelope)
    cipher_text = seal(KEYS, plain.encode())
    contents = open_push(KEYS, query(KEYS, NOW, cipher_text), envelope(cipher_text), NOW)
    assert contents["Event"] in ("e", "user_enter_tempsession")


def test_repeated_elements_become_a_list() -> None:
    plain = "<xml><E><List><T>1</T></List><List><T>2</T></List><List><T>3</T></List></E></xml>"
    cipher_text = seal(KEYS, plain.encode())
    contents = open_push(KEYS, query(KEYS, NOW, cipher_text), _xml(cipher_text), NOW)
    assert contents == {"E": {"List": [{"T": "1"}, {"T": "2"}, {"T": "3"}]}}


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_greeting_is_answered_within_the_window(minutes: int) -> None:
    signed = query(KEYS, NOW) | {"echostr": "hello"}
    assert answer_greeting(KEYS, signed, NOW + timedelta(minutes=minutes)) == "hello"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_old_or_future_push_is_refused(seconds: int) -> None:
    cipher_text = seal(KEYS, json.dumps(EVENT).encode())
    with pytest.raises(PushRefused, match="time"):
        open_push(KEYS, query(KEYS, NOW, cipher_text), _json(cipher_text), NOW + timedelta(seconds=seconds))
    with pytest.raises(PushRefused, match="time"):
        answer_greeting(KEYS, query(KEYS, NOW), NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("part", ["timestamp", "nonce", "msg_signature"])
def test_changed_or_missing_query_is_refused(part: str) -> None:
    cipher_text = seal(KEYS, json.dumps(EVENT).encode())
    signed = query(KEYS, NOW, cipher_text)
    for forged in (signed | {part: signed[part][:-1] + "x"}, signed | {part: "签名"}, {**signed, part: ""}):
        with pytest.raises(PushRefused):
            open_push(KEYS, forged, _json(cipher_text), NOW)


def test_plain_push_is_refused_even_when_its_query_is_signed() -> None:
    with pytest.raises(PushRefused, match="not encrypted"):
        open_push(KEYS, query(KEYS, NOW), json.dumps(EVENT).encode(), NOW)


def test_push_for_another_app_or_key_is_refused() -> None:
    stranger = read_keys("wx-ours", "t0ken", AES_KEY[::-1])
    for cipher_text in (seal(KEYS, b"{}", app_id="wx-theirs"), seal(stranger, json.dumps(EVENT).encode())):
        with pytest.raises(PushRefused):
            open_push(KEYS, query(KEYS, NOW, cipher_text), _json(cipher_text), NOW)


@given(st.one_of(st.text(min_size=1), st.binary(min_size=1, max_size=200).map(lambda b: base64.b64encode(b).decode())))
def test_garbage_under_a_right_signature_fails_in_one_way(cipher_text: str) -> None:
    try:
        signed = query(KEYS, NOW, cipher_text)
    except UnicodeEncodeError:
        return
    with pytest.raises(PushRefused):
        open_push(KEYS, signed, json.dumps({"Encrypt": cipher_text}).encode(), NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<",
        b"<xml>",
        b"\xff\xfe",
        b'<?xml version="1.0" encoding="no-such"?><xml/>',
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml><Encrypt>x</Encrypt></xml>',
        b"<a>" * 5000 + b"</a>" * 5000,
        b"[" * 60_000,
        b" " * (LARGEST_BODY + 1),
    ],
)
def test_unreadable_body_fails_in_one_way(body: bytes) -> None:
    with pytest.raises(PushRefused):
        open_push(KEYS, query(KEYS, NOW, "x"), body, NOW)


def test_document_type_inside_the_cipher_is_refused_too() -> None:
    plain = b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Event>&a;</Event></xml>'
    cipher_text = seal(KEYS, plain)
    with pytest.raises(PushRefused, match="shape"):
        open_push(KEYS, query(KEYS, NOW, cipher_text), _json(cipher_text), NOW)


@pytest.mark.parametrize(("token", "key"), [("", AES_KEY), ("t", "short"), ("t", "!" * 43), ("t", AES_KEY + "A")])
def test_wrong_keys_are_refused_without_showing_them(token: str, key: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_keys("wx", token, key)
    assert key not in str(caught.value)


def test_keys_are_hidden_from_repr() -> None:
    token = secrets.token_hex(8)
    keys = read_keys("wx", token, AES_KEY)
    assert token not in repr(keys)
    assert repr(keys.aes_key) not in repr(keys)

"""WeChat's address with what only a forger sends: always the same empty refusal, nothing opened, nothing heard."""

import json
import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.kernel.clock import machine_now
from backend.store.db import transaction
from backend.wechat.callback import LARGEST_BODY, CallbackKeys, read_keys
from tests.integration.badinput import values
from tests.unit.wechat.sealing import query, seal

PATH = "/wechat/callback/xinmi"
KEYS = read_keys("wx0000000000000000", "its token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
LAUGHS = b"<!DOCTYPE l [" + b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"ha" if n == 0 else b"&l%d;" % (n - 1) * 10) for n in range(10)
)
XML = {
    "file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>',
    "address": b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:1/">]><xml><Encrypt>&a;</Encrypt></xml>',
    "parameter": b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x.dtd">%a;]><xml/>',
    "public": b'<!DOCTYPE x PUBLIC "-//x" "http://127.0.0.1:1/x.dtd"><xml><Encrypt>x</Encrypt></xml>',
    "billion laughs": LAUGHS + b"]><xml><Encrypt>&l9;</Encrypt></xml>",
    "long entity": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 40_000 + b'">]><xml>' + b"&a;" * 2_000 + b"</xml>",
    "include": b'<xml xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></xml>',
    "stylesheet": b'<?xml-stylesheet href="http://127.0.0.1:1/"?><xml><Encrypt>x</Encrypt></xml>',
    "deep": b"<a>" * 9_000 + b"</a>" * 9_000,
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-xml+AD4-',
    "NUL": b"<xml><Encrypt>a\x00b</Encrypt></xml>",
}


@pytest.fixture
def keys(app) -> Iterator[CallbackKeys]:
    """The push is configured."""
    before, app.extensions["wechat_callback"] = app.extensions["wechat_callback"], KEYS
    yield KEYS
    app.extensions["wechat_callback"] = before


def _heard(app) -> int:
    with app.app_context(), transaction() as current:
        return int(current.scalar(text("SELECT count(*) FROM wechat_push")))


def test_nothing_of_a_forgers_is_opened(app, client, keys) -> None:
    before = _heard(app)
    answers = {}
    for name, body in {**XML, **values.BODIES}.items():
        signed = query(KEYS, machine_now(), "x", nonce=secrets.token_hex(4))
        answers[f"outside: {name}"] = client.post(PATH, query_string=signed, data=body)
        if len(body) < LARGEST_BODY // 2:
            sealed = seal(KEYS, body)
            signed = query(KEYS, machine_now(), sealed, nonce=secrets.token_hex(4))
            answers[f"sealed: {name}"] = client.post(PATH, query_string=signed, data=json.dumps({"Encrypt": sealed}))
    for name, value in values.TEXTS.items():
        if values.SURROGATE not in value and len(value) < 10_000:
            for part in ("timestamp", "nonce", "msg_signature"):
                signed = query(KEYS, machine_now(), "x") | {part: value}
                answers[f"{part}: {name}"] = client.post(PATH, query_string=signed, data=b'{"Encrypt":"x"}')
    wrong = {name: one.status_code for name, one in answers.items() if (one.status_code, one.data) != (403, b"")}
    too_large = {name: status for name, status in wrong.items() if status == 400 and name.startswith("outside")}
    assert {name: status for name, status in wrong.items() if name not in too_large} == {}
    large = {f"outside: {name}" for name, body in {**XML, **values.BODIES}.items() if len(body) > LARGEST_BODY}
    assert too_large.keys() <= large
    assert _heard(app) == before


def test_a_push_is_heard_once_and_never_late_or_early(app, client, keys) -> None:
    plain = json.dumps(
        {"FromUserName": f"o-{secrets.token_hex(4)}", "CreateTime": int(machine_now().timestamp()), "MsgType": "event",
         "Event": "subscribe_msg_popup_event", "List": []}
    ).encode()  # fmt: skip
    sealed = seal(KEYS, plain)
    before = _heard(app)
    for minutes in (-60 * 24, -6, 6, 60 * 24):
        late = query(KEYS, machine_now() + timedelta(minutes=minutes), sealed)
        assert client.post(PATH, query_string=late, data=json.dumps({"Encrypt": sealed})).status_code == 403
    signed = query(KEYS, machine_now(), sealed)
    for _ in range(3):
        answer = client.post(PATH, query_string=signed, data=json.dumps({"Encrypt": sealed}))
        assert (answer.status_code, answer.data) == (200, b"success")
    assert _heard(app) == before + 1

"""WeChat's pushes at their address, and the mini-program's word about pop-ups."""

import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from backend.kernel.clock import machine_now
from backend.people.models import Account
from backend.store.db import transaction
from backend.wechat import service
from backend.wechat.callback import CallbackKeys, read_keys
from backend.wechat.credits import Credit
from backend.wechat.events import DeliveryReported
from backend.wechat.queries import credit_of, openid_index
from backend.wechat.templates import STAND_IN_TEMPLATES, NoticeKind
from tests.factories import Person, resident_person
from tests.unit.wechat.sealing import query, seal

DUE, CHAT = NoticeKind.FOLLOW_UP_DUE, NoticeKind.CHAT_MESSAGE
CALLBACK = "/wechat/callback/xinmi"
CREDITS = "/api/v1/subscribe-credits"
KEYS = read_keys("wx0000000000000000", "its token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")


@pytest.fixture
def keys(app: Flask) -> Iterator[CallbackKeys]:
    before = app.extensions["wechat_callback"]
    app.extensions["wechat_callback"] = KEYS
    yield KEYS
    app.extensions["wechat_callback"] = before


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[DeliveryReported]:
    found: list[DeliveryReported] = []
    monkeypatch.setattr(service, "publish", found.append)
    return found


def _event(name: str, openid: str, entries: list[dict[str, str]]) -> str:
    now = int(machine_now().timestamp())
    return json.dumps({"FromUserName": openid, "CreateTime": now, "MsgType": "event", "Event": name, "List": entries})


def _push(client: FlaskClient, plain: str, path: str = CALLBACK, **change: Any) -> Any:
    sealed = seal(KEYS, plain.encode())
    signed = query(KEYS, change.pop("when", machine_now()), sealed, nonce=secrets.token_hex(4)) | change
    return client.post(path, query_string=signed, data=json.dumps({"Encrypt": sealed}))


def _resident_with_wechat(app: Flask) -> tuple[Person, str]:
    person, _ = resident_person(app)
    openid = f"o-{secrets.token_hex(6)}"
    with app.app_context(), transaction() as current:
        current.execute(
            update(Account).where(Account.id == person.account_id).values(openid_index=openid_index(openid))
        )
    return person, openid


def _credit(app: Flask, openid: str, kind: NoticeKind) -> Credit:
    with app.app_context(), transaction() as current:
        return credit_of(current, "xinmi", openid_index(openid), STAND_IN_TEMPLATES[kind].template_id)


def _choice(kind: NoticeKind, status: str) -> dict[str, str]:
    return {"TemplateId": STAND_IN_TEMPLATES[kind].template_id, "SubscribeStatusString": status}


def test_accepted_popup_is_counted_once_for_its_report_and_only_confirmed_by_the_push(
    app: Flask, client: FlaskClient, keys: CallbackKeys
) -> None:
    person, openid = _resident_with_wechat(app)
    for _ in range(2):
        answer = person.post(CREDITS, {"templates": [DUE, CHAT]}, key="the same tap")
        assert answer.status_code == 200
    assert _credit(app, openid, DUE) == Credit(1)
    entries = [_choice(DUE, "accept"), _choice(CHAT, "reject")]
    assert _push(client, _event("subscribe_msg_popup_event", openid, entries)).data == b"success"
    assert (_credit(app, openid, DUE), _credit(app, openid, CHAT)) == (Credit(1, confirmed=True), Credit(1))
    listed = {one["kind"]: one for one in person.get(CREDITS).json["credits"]}
    assert set(listed) == set(NoticeKind)
    assert listed[DUE]["remaining"] == 1
    assert listed[DUE]["template_id"] == STAND_IN_TEMPLATES[DUE].template_id
    assert listed[NoticeKind.TASK_WAITING]["remaining"] == 0


def test_the_report_and_the_push_of_one_tap_do_not_wait_for_each_other(
    app: Flask, client: FlaskClient, keys: CallbackKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, openid = _resident_with_wechat(app)
    order: list[str] = []
    real = service.happened

    def watched(current: Any, county_id: str, person: bytes, template_id: str, *rest: Any, **more: Any) -> None:
        order.append(template_id)
        real(current, county_id, person, template_id, *rest, **more)

    monkeypatch.setattr(service, "happened", watched)
    kinds = sorted(NoticeKind, key=lambda kind: STAND_IN_TEMPLATES[kind].template_id, reverse=True)[:3]
    assert person.post(CREDITS, {"templates": kinds}).status_code == 200
    reported, order = order[:], []
    entries = [_choice(kind, "accept") for kind in kinds]
    assert _push(client, _event("subscribe_msg_popup_event", openid, entries)).data == b"success"
    assert reported == order == sorted(order)
    assert len(order) == 3


def test_revocation_ends_the_credit(app: Flask, client: FlaskClient, keys: CallbackKeys) -> None:
    person, openid = _resident_with_wechat(app)
    person.post(CREDITS, {"templates": [DUE]})
    assert _push(client, _event("subscribe_msg_change_event", openid, [_choice(DUE, "reject")])).status_code == 200
    assert _credit(app, openid, DUE) == Credit()


def test_repeated_push_is_acted_upon_once_even_when_it_comes_many_times_at_once(
    app: Flask, keys: CallbackKeys, published: list[DeliveryReported]
) -> None:
    delivery = {"TemplateId": "T", "MsgID": "17", "ErrorCode": "0", "ErrorStatus": "success"}
    plain = _event("subscribe_msg_sent_event", f"o-{secrets.token_hex(6)}", [delivery])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _push(app.test_client(), plain).data, range(12)))
    assert answers == [b"success"] * 12
    assert [(one.message_id, one.errcode, one.county_id) for one in published] == [("17", 0, "xinmi")]


def test_push_that_fails_inside_comes_again(
    app: Flask, client: FlaskClient, keys: CallbackKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = {"TemplateId": "T", "MsgID": "18", "ErrorCode": "0"}
    plain = _event("subscribe_msg_sent_event", f"o-{secrets.token_hex(6)}", [delivery])
    heard: list[DeliveryReported] = []

    def broken(_: DeliveryReported) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(service, "publish", broken)
    assert _push(client, plain).status_code == 500
    monkeypatch.setattr(service, "publish", heard.append)
    assert _push(client, plain).data == b"success"
    assert len(heard) == 1


def test_greeting_is_echoed_when_wechat_signed_it(client: FlaskClient, keys: CallbackKeys) -> None:
    answer = client.get(CALLBACK, query_string=query(KEYS, machine_now()) | {"echostr": "<b>42</b>"})
    assert (answer.data, answer.mimetype) == (b"<b>42</b>", "text/plain")
    forged = client.get(CALLBACK, query_string=query(KEYS, machine_now()) | {"echostr": "42", "nonce": "other"})
    assert (forged.status_code, forged.data) == (403, b"")


def test_forged_stale_plain_and_unreadable_pushes_are_refused_alike(client: FlaskClient, keys: CallbackKeys) -> None:
    plain = _event("subscribe_msg_popup_event", "o-1", [_choice(DUE, "accept")])
    refused = [
        _push(client, plain, msg_signature="0" * 40),
        _push(client, plain, when=machine_now() - timedelta(minutes=6)),
        _push(client, "no json"),
        _push(client, "{}"),
        client.post(CALLBACK, query_string=query(KEYS, machine_now()), data=plain),
        client.post(CALLBACK, data=b"\xff"),
    ]
    assert [(one.status_code, one.data) for one in refused] == [(403, b"")] * len(refused)


@pytest.mark.parametrize("county", ["atlantis", "..", "xinmi%2F..", "XINMI"])
def test_county_that_is_not_ours_has_no_address(client: FlaskClient, keys: CallbackKeys, county: str) -> None:
    signed = query(KEYS, machine_now()) | {"echostr": "42"}
    assert client.get(f"/wechat/callback/{county}", query_string=signed).status_code == 404


def test_without_keys_there_is_no_address(client: FlaskClient) -> None:
    assert client.post(CALLBACK, data=b"{}").status_code == 404


@pytest.mark.parametrize("body", [{}, {"templates": []}, {"templates": ["weather"]}, {"templates": [DUE] * 6}])
def test_report_that_makes_no_sense_is_refused(app: Flask, body: dict[str, Any]) -> None:
    person, _ = _resident_with_wechat(app)
    assert person.post(CREDITS, body).status_code == 422


def test_stranger_reports_nothing(client: FlaskClient) -> None:
    assert client.post(CREDITS, json={"templates": [DUE]}).status_code == 401


def test_account_without_wechat_is_told_what_to_do(app: Flask) -> None:
    person, _ = _resident_with_wechat(app)
    with app.app_context(), transaction() as current:
        current.execute(update(Account).where(Account.id == person.account_id).values(openid_index=None))
    for answer in (person.get(CREDITS), person.post(CREDITS, {"templates": [DUE]})):
        assert (answer.status_code, answer.json["code"]) == (409, "no_wechat")
    assert "微信" in person.get(CREDITS).json["detail"]


def test_old_pushes_are_forgotten_and_young_ones_kept(app: Flask) -> None:
    young, old = secrets.token_hex(8), secrets.token_hex(8)
    with app.app_context(), transaction() as current:
        for key, days in ((young, 1), (old, 3)):
            current.execute(
                text(
                    "INSERT INTO wechat_push (county_id, key, event, heard_at)"
                    " VALUES ('xinmi', :key, 'x', now() - make_interval(days => :days))"
                ),
                {"key": key, "days": days},
            )
        service.forget_pushes(current, "xinmi")
        kept = current.execute(
            text("SELECT key FROM wechat_push WHERE key IN (:young, :old)"), {"young": young, "old": old}
        ).scalars()
        assert set(kept) == {young}

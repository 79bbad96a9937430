"""The whole circle over real HTTP: pop-up, report, push, notice, delivery, and the end of the credit."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.serving import make_server

from backend.people.models import Account
from backend.store.db import transaction
from backend.wechat import service
from backend.wechat.callback import read_keys
from backend.wechat.client import HttpWeChat
from backend.wechat.credits import Credit
from backend.wechat.events import DeliveryReported
from backend.wechat.gateway import Outcome
from backend.wechat.queries import credit_of, openid_index
from backend.wechat.settings import WeChatSettings
from backend.wechat.templates import STAND_IN_TEMPLATES, NoticeKind, TemplateBook
from tests.factories import resident_person
from tests.integration.conftest import app, settings
from tests.integration.platform.standin import AES_KEY, APP_ID, PEOPLE, SECRET, TOKEN, StandIn, start

__all__ = ["app", "settings"]

DUE = NoticeKind.FOLLOW_UP_DUE
TEMPLATE = STAND_IN_TEMPLATES[DUE].template_id


@pytest.fixture
def liandong(app: Flask) -> Iterator[str]:
    """Our own web app on a port, so that the stand-in can push to it."""
    before = app.extensions["wechat_callback"]
    app.extensions["wechat_callback"] = read_keys(APP_ID, TOKEN, AES_KEY)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["wechat_callback"] = before


@pytest.fixture
def wechat(tmp_path: Path, liandong: str) -> Iterator[StandIn]:
    running = start(
        tmp_path,
        WECHAT_MOCK_PUSH_URL=f"{liandong}/wechat/callback/{{county}}",
        WECHAT_PUSH_TOKEN=TOKEN,
        WECHAT_PUSH_AES_KEY=AES_KEY,
    )
    running.ask("/mock/people", {"people": PEOPLE})
    yield running
    running.stop()


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_from_the_popup_to_the_last_notice(app: Flask, wechat: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[DeliveryReported] = []
    monkeypatch.setattr(service, "publish", reported.append)
    door = HttpWeChat(WeChatSettings(APP_ID, SECRET, wechat.url))
    openid = door.login(wechat.ask("/mock/login-code", {"openid": "o-li"})["code"]).openid
    person, _ = resident_person(app)
    with app.app_context(), transaction() as current:
        current.execute(
            update(Account).where(Account.id == person.account_id).values(openid_index=openid_index(openid))
        )

    def credit() -> Credit:
        with app.app_context(), transaction() as current:
            return credit_of(current, "xinmi", openid_index(openid), TEMPLATE)

    def send() -> Outcome:
        result = door.send(TemplateBook().notice(DUE, openid, datetime(2026, 1, 5, 1, 0, tzinfo=UTC)))
        with app.app_context(), transaction() as current:
            service.record_send(current, "xinmi", openid_index(openid), TEMPLATE, result.outcome)
        return result.outcome

    wechat.accept(openid, TEMPLATE)
    person.post("/api/v1/subscribe-credits", {"templates": [DUE]})
    _until(lambda: credit() == Credit(1, confirmed=True))

    assert send() is Outcome.SENT
    assert credit().remaining == 0
    _until(lambda: [one.errcode for one in reported] == [0])
    assert reported[0].message_id == str(wechat.sends()[0]["msgid"])

    # Two reports of which WeChat knows one: the ledger believes too much until WeChat says so.
    wechat.accept(openid, TEMPLATE)
    for _ in range(2):
        person.post("/api/v1/subscribe-credits", {"templates": [DUE]})
    assert [send(), send()] == [Outcome.SENT, Outcome.NO_CREDIT]
    assert credit() == Credit()
    assert len(wechat.sends()) == 2

    wechat.accept(openid, TEMPLATE)
    person.post("/api/v1/subscribe-credits", {"templates": [DUE]})
    wechat.ask("/mock/revoke", {"openid": openid, "template_ids": [TEMPLATE]})
    _until(lambda: credit().remaining == 0)
    assert wechat.ask("/mock/ledger")["pushes"]["given_up"] == 0

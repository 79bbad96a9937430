"""The stand-in's own rules: tokens, pages, memory, the door for browsers, pushes."""

import json
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.clock import machine_now
from backend.wechat.callback import open_push, read_keys
from backend.wechat.keywords import fit
from backend.wechat.pushes import Push, SubscribeChange, SubscribePopup, SubscribeSent, read_push
from backend.wechat.templates import STAND_IN_TEMPLATES
from tests.integration.platform.standin import AES_KEY, APP_ID, PEOPLE, SECRET, SEND, SERVE, TOKEN, StandIn, start

TEMPLATES = [one.template_id for one in STAND_IN_TEMPLATES.values()]
KINDS = ["thing", "name", "phrase", "character_string", "letter", "symbol", "number", "phone_number", "car_number"]
ASK = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}


def _stable(platform: StandIn, **more: object) -> Any:
    return platform.ask("/cgi-bin/stable_token", ASK | more)


def test_stable_token_stays_the_same_until_its_last_five_minutes(platform: StandIn) -> None:
    first = _stable(platform)
    platform.ask("/mock/time", {"seconds": 6800})
    assert _stable(platform)["access_token"] == first["access_token"]
    assert 395 <= _stable(platform)["expires_in"] <= 400
    platform.ask("/mock/time", {"seconds": 200})
    second = _stable(platform)
    assert second["access_token"] != first["access_token"]
    body = {"touser": "o-nobody"}
    assert platform.ask(f"{SEND}?access_token={first['access_token']}", body)["errcode"] == 40003
    assert platform.ask(f"{SEND}?access_token={second['access_token']}", body)["errcode"] == 40003
    platform.ask("/mock/time", {"seconds": 300})
    assert platform.ask(f"{SEND}?access_token={first['access_token']}", body)["errcode"] == 42001


def test_forcing_a_token_ends_the_old_one_and_is_limited(platform: StandIn) -> None:
    first = _stable(platform)["access_token"]
    second = _stable(platform, force_refresh=True)["access_token"]
    assert second != first
    assert platform.ask(f"{SEND}?access_token={first}", {})["errcode"] == 42001
    assert _stable(platform, force_refresh=True)["access_token"] == second
    for _ in range(19):
        platform.ask("/mock/time", {"seconds": 31})
        assert "access_token" in _stable(platform, force_refresh=True)
    platform.ask("/mock/time", {"seconds": 31})
    assert _stable(platform, force_refresh=True)["errcode"] == 45009


def test_classic_token_lives_apart_and_the_one_before_five_minutes_more(platform: StandIn) -> None:
    path = f"/cgi-bin/token?grant_type=client_credential&appid={APP_ID}&secret={SECRET.replace(' ', '%20')}"
    first, second = platform.ask(path)["access_token"], platform.ask(path)["access_token"]
    assert first != second
    assert _stable(platform)["access_token"] not in (first, second)
    platform.ask("/mock/time", {"seconds": 301})
    assert platform.ask(f"{SEND}?access_token={first}", {})["errcode"] == 42001
    assert platform.ask(f"{SEND}?access_token={second}", {})["errcode"] == 40003


@pytest.mark.parametrize(
    ("change", "errcode"),
    [({"appid": "wx"}, 40013), ({"secret": "x"}, 40125), ({"secret": None}, 40125), ({"grant_type": "x"}, 40002)],
)
def test_token_is_for_the_owner_only(platform: StandIn, change: dict[str, object], errcode: int) -> None:
    assert _stable(platform, **change)["errcode"] == errcode


def test_call_without_or_with_a_made_up_token_is_refused(platform: StandIn) -> None:
    for path in (SEND, "/wxa/business/getuserphonenumber", "/wxa/msg_sec_check", "/wxa/generate_urllink"):
        assert platform.ask(path, {})["errcode"] == 41001
        assert platform.ask(f"{path}?access_token=made-up", {})["errcode"] == 40001


def test_memory_outlives_a_restart(tmp_path: Path) -> None:
    first = start(tmp_path)
    first.ask("/mock/people", {"people": PEOPLE})
    first.accept("o-li", TEMPLATES[0], TEMPLATES[1])
    first.ask("/mock/revoke", {"openid": "o-li", "template_ids": [TEMPLATES[1]]})
    first.stop()
    second = start(tmp_path)
    try:
        assert [one["openid"] for one in second.ask("/mock/people?county=xinmi")] == ["o-li", "o-wang"]
        token = _stable(second)["access_token"]
        values = {key: {"value": "15:01" if key == "time2" else "好"} for key in ("thing1", "time2", "thing3")}
        codes = [
            second.ask(f"{SEND}?access_token={token}", {"touser": "o-li", "template_id": template, "data": values})
            for template in (TEMPLATES[0], TEMPLATES[0], TEMPLATES[1])
        ]
        assert [one["errcode"] for one in codes] == [0, 43101, 43101]
    finally:
        second.stop()
    facts = [json.loads(line) for line in (tmp_path / "wechat-platform" / "ledger.jsonl").read_text().splitlines()]
    assert [one["kind"] for one in facts] == ["accept", "accept", "revoke", "send"]


def test_pages_are_those_of_the_mini_program(tmp_path: Path) -> None:
    pages = {
        "pages": [{"path": "pages/home/index"}],
        "subPackages": [{"root": "features/x", "pages": [{"path": "one"}]}],
    }
    (tmp_path / "pages.json").write_text(json.dumps(pages))
    platform = start(tmp_path, WECHAT_MOCK_PAGES=str(tmp_path / "pages.json"))
    try:
        platform.ask("/mock/people", {"people": PEOPLE})
        token = _stable(platform)["access_token"]
        for page, errcode in (
            ("pages/home/index?id=1", 47003),
            ("features/x/one", 47003),
            ("pages/gone/index", 41030),
        ):
            body = {"touser": "o-li", "template_id": TEMPLATES[0], "page": page}
            assert platform.ask(f"{SEND}?access_token={token}", body)["errcode"] == errcode
    finally:
        platform.stop()


def test_our_templates_and_the_platforms_are_the_same() -> None:
    file = SERVE.parent / "standin" / "templates.json"
    theirs = {one["id"]: list(one["labels"]) for one in json.loads(file.read_text())}
    assert theirs == {one.template_id: [one.what, one.when, one.do] for one in STAND_IN_TEMPLATES.values()}


@given(st.one_of(st.text(), st.text("0aM一𠮷_☆ .-", max_size=40)), st.sampled_from(KINDS))
def test_what_we_fit_the_platform_takes(text: str, kind: str) -> None:
    sys.path.insert(0, str(SERVE.parent))
    try:
        from standin.field_limits import fits
    finally:
        sys.path.remove(str(SERVE.parent))
    try:
        fitted = fit(f"{kind}1", text)
    except ValueError:
        return
    assert fits(f"{kind}1", fitted)


def test_door_is_open_to_browsers_of_this_machine_only(platform: StandIn) -> None:
    def allowed(path: str, origin: str) -> str | None:
        request = urllib.request.Request(platform.url + path, headers={"Origin": origin}, method="OPTIONS")
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: str | None = answer.headers["Access-Control-Allow-Origin"]
            return found

    assert allowed("/mock/login-code", "http://127.0.0.1:8000") == "http://127.0.0.1:8000"
    assert allowed("/mock/people", "http://localhost:5173") == "http://localhost:5173"
    assert allowed("/mock/people", "https://evil.test") is None
    assert allowed("/mock/people", "https://127.0.0.1.evil.test") is None
    assert allowed("/cgi-bin/stable_token", "http://127.0.0.1:8000") is None


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/mock/login-code", {"openid": "o-nobody"}, 404),
        ("/mock/phone-code", {"openid": "o-wang"}, 409),
        ("/mock/phone-code", {"openid": "o-wang", "phone": "call me"}, 409),
        ("/mock/subscribe", {"openid": "o-li", "template_ids": []}, 400),
        ("/mock/subscribe", {"openid": "o-li", "template_ids": TEMPLATES[:6]}, 400),
        ("/mock/people", {"people": [{"openid": "o-x"}]}, 400),
        ("/mock/misbehave", {"path": SEND, "mode": "explode"}, 400),
        ("/mock/login-code", [], 400),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(platform: StandIn, path: str, body: object, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        platform.ask(path, body)
    with caught.value as answer:
        assert answer.code == status
        assert json.loads(answer.read())["error"]


@pytest.fixture
def heard() -> Iterator[tuple[str, list[tuple[str, bytes]], threading.Semaphore]]:
    """A server of ours that keeps what is pushed to it; the first push it does not answer well."""
    got: list[tuple[str, bytes]] = []
    came = threading.Semaphore(0)

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if len(got) == 1 else 200)
            self.end_headers()
            if len(got) > 1:
                self.wfile.write(b"success")
            came.release()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/wechat/callback/{{county}}", got, came
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("form", ["xml", "json"])
def test_pushes_are_sealed_signed_and_repeated_and_we_can_open_them(
    tmp_path: Path, heard: tuple[str, list[tuple[str, bytes]], threading.Semaphore], form: str
) -> None:
    url, got, came = heard
    platform = start(
        tmp_path,
        WECHAT_MOCK_PUSH_URL=url,
        WECHAT_PUSH_TOKEN=TOKEN,
        WECHAT_PUSH_AES_KEY=AES_KEY,
        WECHAT_MOCK_PUSH_FORMAT=form,
    )
    try:
        platform.ask("/mock/people", {"people": PEOPLE})
        platform.accept("o-li", TEMPLATES[0], TEMPLATES[1])
        token = _stable(platform)["access_token"]
        values = {key: {"value": "15:01" if key == "time2" else "好"} for key in ("thing1", "time2", "thing3")}
        sent = platform.ask(
            f"{SEND}?access_token={token}", {"touser": "o-li", "template_id": TEMPLATES[0], "data": values}
        )
        platform.ask("/mock/revoke", {"openid": "o-li", "template_ids": [TEMPLATES[1]]})
        for _ in range(4):
            assert came.acquire(timeout=10)
    finally:
        platform.stop()
    keys = read_keys(APP_ID, TOKEN, AES_KEY)
    pushes: list[Push] = []
    for path, body in got:
        parts = urlsplit(path)
        assert parts.path == "/wechat/callback/xinmi"
        assert b"o-li" not in body
        pushes.append(read_push(open_push(keys, dict(parse_qsl(parts.query)), body, machine_now())))
    first, again, delivered, change = pushes
    assert isinstance(first, SubscribePopup)
    assert first.key == again.key
    assert [(one.template_id, one.accepted) for one in first.choices] == [(one, True) for one in TEMPLATES[:2]]
    assert isinstance(delivered, SubscribeSent)
    assert [(one.message_id, one.errcode) for one in delivered.deliveries] == [(str(sent["msgid"]), 0)]
    assert isinstance(change, SubscribeChange)
    assert [(one.template_id, one.accepted) for one in change.choices] == [(TEMPLATES[1], False)]

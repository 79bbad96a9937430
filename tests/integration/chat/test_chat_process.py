"""Sockets and event streams of the real chat process: hints by ticket, cut on revocation, Valkey away and back."""

import http.client
import json
import socket
import time
from uuid import uuid4

import pytest
from sqlalchemy import update

from backend.kernel.clock import machine_now
from backend.people.models import Account, RelatedPerson, Resident, SignInSession
from backend.store.db import transaction
from backend.web import live
from launcher import servers
from tests import factories
from tests.integration.chat import process
from tests.integration.chat.conftest import make_talk
from tests.integration.chat.process import hears_nothing, next_hint, ticket_of, until, wait_for_close


@pytest.fixture(scope="module")
def chat(app, settings, tmp_path_factory):
    """A chat process with a Valkey of its own, because the tests stop it."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="liandong-chat-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with servers.valkey(Path(folder)) as valkey:
            live.configure(valkey.url)
            try:
                with process.start(settings.database_url, valkey, settings.master_key) as running:
                    yield running
            finally:
                live.configure(settings.redis_url)


def rejected_with(chat, ticket: str, origin: str = process.PUBLIC) -> int:
    """The status of a handshake that is refused before a socket is opened."""
    connection = http.client.HTTPConnection("127.0.0.1", chat.port, timeout=10)
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Origin": origin}
    headers["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    connection.request("GET", f"/live/socket?ticket={ticket}", headers=headers)
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_message_said_over_http_is_hinted_to_both_sides_without_a_word_of_it(chat, talk) -> None:
    ours, theirs = chat.listen(talk.person), chat.listen(talk.team.leader)
    talk.say(talk.person, "我的秘密")
    for client in (ours, theirs):
        hint = next_hint(client)
        assert (hint["id"], hint["seq"]) == (talk.id, 1)
        assert set(hint) == {"topic", "kind", "id", "seq"}
    talk.say(talk.team.leader, "收到")
    assert next_hint(ours)["seq"] == 2
    ours.close()
    theirs.close()


def test_a_stranger_hears_nothing(app, chat, talk) -> None:
    stranger, _ = factories.resident_person(app)
    client = chat.listen(stranger)
    talk.say(talk.person, "不给外人")
    assert hears_nothing(client)
    client.close()


def test_the_other_county_with_the_same_topic_hears_nothing(app, chat, talk) -> None:
    client = chat.listen(talk.person)
    word = {"county": "mangshi", "topic": f"resident:{talk.resident_id}", "kind": "chat", "id": "x", "seq": 1}
    live.valkey().publish(live.CHANNEL, json.dumps(word))
    assert hears_nothing(client)
    own = [json.dumps({**word, "county": "xinmi", "id": one}) for one in "ab"]
    live.valkey().publish(live.CHANNEL, "\n".join([own[0], "garbled", own[1]]))
    assert [next_hint(client)["id"], next_hint(client)["id"]] == ["a", "b"]
    client.close()


def test_what_is_rolled_back_is_never_hinted(app, chat, talk) -> None:
    client = chat.listen(talk.person)
    with app.app_context(), pytest.raises(RuntimeError, match="after all not"), transaction():
        live.hint("xinmi", f"resident:{talk.resident_id}", "chat", uuid4(), 7)
        raise RuntimeError("after all not")
    assert hears_nothing(client)
    client.close()


def test_a_ticket_opens_once(chat, talk) -> None:
    ticket = ticket_of(talk.person)
    client = chat.connect(ticket)
    assert rejected_with(chat, ticket) == 401
    for wrong in ("", "x" * 32, "a" * 500, "../../etc/passwd" * 2):
        assert rejected_with(chat, wrong) == 401
    client.close()


def test_an_old_ticket_does_not_open(app, chat, talk, monkeypatch) -> None:
    from datetime import timedelta

    monkeypatch.setattr(live, "TICKET_LIFE", timedelta(seconds=-1))
    assert rejected_with(chat, ticket_of(talk.person)) == 401


def test_another_sites_page_is_turned_away_and_its_ticket_stays_good(chat, talk) -> None:
    ticket = ticket_of(talk.person)
    for origin in ("http://evil.example", "http://127.0.0.1:9.evil.example", "null"):
        assert rejected_with(chat, ticket, origin=origin) == 403
    client = chat.connect(ticket, origin=None)  # WeChat itself is no browser and names none
    client.close()


@pytest.mark.parametrize("how", ["revoked", "expired", "disabled"])
def test_who_is_signed_out_is_cut(app, chat, how) -> None:
    talk = make_talk(app)
    client = chat.listen(talk.person)
    talk.say(talk.team.leader, "在")
    next_hint(client)
    with app.app_context(), transaction() as current:
        mine = SignInSession.account_id == talk.person.account_id
        if how == "revoked":
            current.execute(update(SignInSession).where(mine).values(revoked_at=machine_now()))
        elif how == "expired":
            current.execute(update(SignInSession).where(mine).values(expires_at=machine_now()))
        else:
            account = update(Account).where(Account.id == talk.person.account_id)
            current.execute(account.values(disabled_at=machine_now()))
    assert wait_for_close(client)[0] == 4401


def test_a_proxy_whose_right_is_taken_back_is_cut(app, chat, talk) -> None:
    daughter, _ = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        account = current.get_one(Account, ("xinmi", daughter.account_id))
        factories.make_family(current, current.get_one(Resident, ("xinmi", talk.resident_id)), account)
    daughter.acting_for = talk.resident_id
    client = chat.listen(daughter)
    talk.say(talk.team.leader, "您母亲的药好了")
    assert next_hint(client)["id"] == talk.id
    with app.app_context(), transaction() as current:
        current.execute(
            update(RelatedPerson)
            .where(RelatedPerson.account_id == daughter.account_id)
            .values(revoked_at=machine_now())
        )
    assert wait_for_close(client)[0] == 4401


def test_valkey_may_be_stopped_and_started_again(chat, talk) -> None:
    client = chat.listen(talk.person)
    chat.valkey.kill()
    try:
        assert talk.say(talk.team.leader, "存下来了").status_code == 201
        assert hears_nothing(client, 1.5)
    finally:
        chat.valkey.start()
    # The page is asked to look once, because a hint was lost; then hints come again.
    assert next_hint(client, "again", 15)["topic"].startswith(("resident:", "account:"))
    assert [m["text"] for m in talk.heard(talk.person)] == ["存下来了"]

    def heard_again() -> bool:
        talk.say(talk.team.leader, "再说一句")
        try:
            return next_hint(client, "chat", 1)["id"] == talk.id
        except AssertionError:
            return False

    until(heard_again, "a hint after Valkey came back")
    client.close()


def test_a_heartbeat_is_answered_and_a_flood_is_cut(chat, talk) -> None:
    client = chat.listen(talk.person)
    client.send("ping")
    assert client.receive(timeout=5) == "pong"
    for _ in range(60):
        try:
            client.send("x")
        except Exception:  # noqa: BLE001  cut in the middle is as good
            break
    assert wait_for_close(client)[0] in {1008, 1005, 1006}


def test_a_frame_too_large_is_cut(chat, talk) -> None:
    client = chat.listen(talk.person)
    client.send("x" * (64 * 1024 + 1))
    assert wait_for_close(client)[0] == 1009
    other = chat.listen(talk.person)  # and the process lives on
    talk.say(talk.team.leader, "还在")
    assert next_hint(other)["id"] == talk.id
    other.close()


def test_closed_pages_leave_nothing_behind(chat, talk) -> None:
    until(lambda: chat.lines <= 1, "earlier pages gone")
    clients = [chat.listen(talk.person) for _ in range(5)]
    until(lambda: chat.lines >= 5, "five lines")
    for client in clients[:3]:
        client.close()
    for client in clients[3:]:
        client.sock.shutdown(socket.SHUT_RDWR)  # the app was closed without a goodbye
    until(lambda: chat.lines == 0, "no line left")


def test_an_account_with_too_many_pages_loses_the_oldest(chat, talk) -> None:
    clients = [chat.listen(talk.person) for _ in range(9)]
    assert wait_for_close(clients[0])[0] == 4409
    talk.say(talk.team.leader, "最后一页还在")
    assert next_hint(clients[-1])["id"] == talk.id
    for client in clients[1:]:
        client.close()


class Stream:
    """An event stream read line by line, as a browser's EventSource does."""

    def __init__(self, chat, ticket: str, origin: str = process.PUBLIC) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", chat.port, timeout=10)
        self.connection.request("GET", f"/live/events?ticket={ticket}", headers={"Origin": origin})
        self.answer = self.connection.getresponse()

    def next_event(self) -> tuple[str, str]:
        name, data = "", ""
        while True:
            row = self.answer.readline().decode().strip()
            if row.startswith("event: "):
                name = row.removeprefix("event: ")
            elif row.startswith("data: "):
                data = row.removeprefix("data: ")
            elif not row and name:
                return name, data

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


def test_the_desk_hears_the_same_by_event_stream_and_is_cut_the_same(app, chat, talk) -> None:
    stream = Stream(chat, ticket_of(talk.team.leader))
    assert stream.answer.status == 200
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    assert stream.answer.headers["Access-Control-Allow-Origin"] == process.PUBLIC
    talk.say(talk.person, "您好")
    name, data = stream.next_event()
    assert (name, json.loads(data)["id"]) == ("hint", talk.id)
    with app.app_context(), transaction() as current:
        mine = SignInSession.account_id == talk.team.leader.account_id
        current.execute(update(SignInSession).where(mine).values(revoked_at=machine_now()))
    began = time.monotonic()
    while stream.next_event()[0] != "bye":
        assert time.monotonic() - began < 10
    stream.close()


def test_an_event_stream_needs_a_ticket_and_our_own_page(chat, talk) -> None:
    for ticket, origin, status in [
        ("x" * 30, process.PUBLIC, 401),
        (ticket_of(talk.person), "http://evil.example", 403),
    ]:
        stream = Stream(chat, ticket, origin)
        assert stream.answer.status == status
        stream.close()

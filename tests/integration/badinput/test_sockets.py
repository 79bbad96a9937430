"""What may come over the chat's sockets: all but heartbeats is let go or cut, and nobody else feels it."""

import http.client
import json
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from simple_websocket import ConnectionClosed

from backend.web import live
from launcher import servers
from tests import factories
from tests.integration.badinput import values
from tests.integration.chat import process
from tests.integration.chat.conftest import make_talk
from tests.integration.chat.process import next_hint, ticket_of, wait_for_close

EVENTS = [
    "",
    "ping ",
    "PING",
    "{}",
    '{"type":"subscribe","topic":"institution:first-hospital"}',
    '{"kind":"chat","topic":"resident:*","seq":-1}',
    '{"a":' * 5_000,
    "[" * 30_000,
    "\x00",
    "<script>alert(1)</script>",
    "'; DROP TABLE message; --",
    "长" * 20_000,
    b"\x00\xff\xfe",
    b"\x1f\x8b\x08\x00",
]
"""What a page of ours never says."""

FRAMES = {
    "not masked": b"\x81\x04ping",
    "text that is no UTF-8": b"\x81\x82\x00\x00\x00\x00\xff\xfe",
    "reserved bits": b"\xf1\x80\x00\x00\x00\x00",
    "unknown kind": b"\x8b\x80\x00\x00\x00\x00",
    "endless length": b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",
    "a gigabyte": b"\x82\xff\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00",
    "cut ping": b"\x09\x80\x00\x00\x00\x00",
    "long ping": b"\x89\xfe\x01\x00\x00\x00\x00\x00" + b"x" * 256,
    "continuation of nothing": b"\x80\x80\x00\x00\x00\x00",
    "close with half a code": b"\x88\x81\x00\x00\x00\x00\x03",
    "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
}
"""Frames that break the protocol itself."""


@pytest.fixture(scope="module")
def chat(app, settings) -> Iterator[process.ChatProcess]:
    """A chat process with a Valkey of its own."""
    with tempfile.TemporaryDirectory(prefix="liandong-chat-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with servers.valkey(Path(folder)) as valkey:
            live.configure(valkey.url)
            try:
                with process.start(settings.database_url, valkey, settings.master_key) as running:
                    yield running
            finally:
                live.configure(settings.redis_url)


def test_words_that_nobody_asked_for_change_nothing(app, chat) -> None:
    talk = make_talk(app)
    ours = chat.listen(talk.person)
    for word in EVENTS:
        ours.send(word)
    ours.send("ping")
    assert ours.receive(timeout=10) == "pong", "the line lives, and only the heartbeat was answered"
    talk.say(talk.team.leader, "还在")
    assert next_hint(ours)["id"] == talk.id
    ours.close()


def test_words_beyond_measure_are_cut(app, chat) -> None:
    talk = make_talk(app)
    flooding, huge = chat.listen(talk.person), chat.listen(talk.person)
    # Cut is cut: the line's own reader may not have seen the end yet when we write into it again.
    with pytest.raises((ConnectionClosed, BrokenPipeError, ConnectionResetError)):
        for _ in range(200):
            flooding.send("x")
            flooding.receive(timeout=0.01)
    huge.send("x" * (1024 * 1024))
    code, _ = wait_for_close(huge)
    assert code == 1009


@pytest.mark.parametrize("name", FRAMES)
def test_a_broken_frame_ends_that_line_and_no_other(app, chat, name: str) -> None:
    talk = make_talk(app)
    other = chat.listen(talk.team.leader)
    wire = _raw_line(chat, ticket_of(talk.person))
    wire.sendall(FRAMES[name])
    wire.shutdown(socket.SHUT_WR)
    while wire.recv(4_096):
        pass
    wire.close()
    talk.say(talk.person, "听得到吗")
    assert next_hint(other)["id"] == talk.id
    other.close()


def test_a_ticket_that_is_none_is_refused_with_its_code(app, chat) -> None:
    person, _ = factories.resident_person(app)
    good = ticket_of(person)
    tickets = [one for one in values.TEXTS.values() if values.SURROGATE not in one and len(one) < 5_000]
    for ticket in [*tickets, good.upper(), good + "\n", good[:-1], good + "A"]:
        for page in ("/live/socket", "/live/events"):
            connection = http.client.HTTPConnection("127.0.0.1", chat.port, timeout=10)
            connection.request("GET", f"{page}?ticket={quote(ticket)}", headers={"Origin": process.PUBLIC})
            answer = connection.getresponse()
            assert (answer.status, json.loads(answer.read())["code"]) == (401, "ticket_used_or_unknown"), ticket[:60]
            connection.close()
    for origin in ("null", "https://e.example", f"{process.PUBLIC}.e.example", "\u00e9"):
        connection = http.client.HTTPConnection("127.0.0.1", chat.port, timeout=10)
        connection.request("GET", f"/live/socket?ticket={good}", headers={"Origin": origin})
        assert connection.getresponse().status == 403, origin
        connection.close()
    chat.connect(good).close()  # none of it used the good one up


def _raw_line(chat: process.ChatProcess, ticket: str) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", chat.port), timeout=10)
    wire.sendall(
        f"GET /live/socket?ticket={ticket} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b"101" in wire.recv(4_096)
    return wire

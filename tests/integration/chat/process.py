"""The real chat process over real sockets: gunicorn with its gevent worker, and a Valkey that may be stopped."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simple_websocket import Client, ConnectionClosed

from launcher import ports
from launcher.valkey import Valkey
from tests import factories

PUBLIC = "http://127.0.0.1:9"
ROOT = Path(__file__).parents[3]


@dataclass
class ChatProcess:
    port: int
    valkey: Valkey
    pid: int

    @property
    def lines(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
            return json.loads(answer.read())["lines"]

    def connect(self, ticket: str, origin: str | None = PUBLIC) -> Client:
        headers = {"Origin": origin} if origin else {}
        return Client.connect(f"ws://127.0.0.1:{self.port}/live/socket?ticket={ticket}", headers=headers)

    def listen(self, person: factories.Person) -> Client:
        return self.connect(ticket_of(person))

    def wait_for_lines(self, number: int) -> None:
        until(lambda: self.lines == number, f"{number} lines")


def ticket_of(person: factories.Person) -> str:
    return person.post("/api/v1/live/tickets").json["ticket"]


def until(true, what: str, seconds: float = 20.0) -> float:
    """Wait for something to become true; returns how long it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"never: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


def next_hint(client: Client, kind: str = "chat", seconds: float = 10.0) -> dict:
    """The next hint of a kind; others that come in between are left out."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        word = client.receive(timeout=end - time.monotonic())
        if word is not None and word != "pong" and json.loads(word)["kind"] == kind:
            return json.loads(word)
    raise AssertionError(f"no hint of kind {kind}")


def hears_nothing(client: Client, seconds: float = 0.7) -> bool:
    return client.receive(timeout=seconds) is None


def wait_for_close(client: Client, seconds: float = 10.0) -> tuple[int, float]:
    """Read until the other end closes; returns the code and how long it took."""
    began = time.monotonic()
    try:
        while time.monotonic() - began < seconds:
            client.receive(timeout=0.2)
    except ConnectionClosed as closed:
        return int(closed.reason), time.monotonic() - began
    raise AssertionError("never closed")


@contextmanager
def start(database_url: str, valkey: Valkey, master_key: str) -> Iterator[ChatProcess]:
    port = ports.free()
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LIANDONG")},
        "DATABASE_URL": database_url.replace("+psycopg", ""),
        "REDIS_URL": valkey.url,
        "LIANDONG_MASTER_KEY": master_key,
        "LIANDONG_PUBLIC_URL": PUBLIC,
        "LIANDONG_EMBEDDED": "1",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gevent", "--workers", "1"]
    command += ["--worker-connections", "1000", "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1"]
    command += ["--no-control-socket", "backend.chat_app:app"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        until(lambda: _answers(port) or process.poll() is not None, "the chat process", 60)
        assert process.poll() is None, process.stdout.read().decode()
        yield ChatProcess(port, valkey, process.pid)
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

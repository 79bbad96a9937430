"""What was said to be booked is there after PostgreSQL was killed; with synchronous_commit off it would not be."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from launcher import servers
from launcher.postgres import Postgres
from tests.proof.broken import FAULTS
from tests.proof.score import Tally
from tests.proof.stage import plain, require_durable

pytestmark = pytest.mark.proof
WRITERS, KILLS, SECONDS_BETWEEN = 8, 4, 2.0
FAULT = "synchronous-commit-off"


@contextmanager
def server(**settings: str) -> Iterator[Postgres]:
    with TemporaryDirectory(prefix="liandong-durable-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with servers.postgres(Path(folder), durable=True, settings=settings) as running:
            yield running


class Writer(threading.Thread):
    """Writes one row after the other, and remembers each that the database has acknowledged."""

    def __init__(self, url: str, number: int, stop: threading.Event) -> None:
        super().__init__()
        self.url, self.number, self.stopped = url, number, stop
        self.acknowledged: list[int] = []
        self.unknown = 0

    def run(self) -> None:
        turn = 0
        while not self.stopped.is_set():
            try:
                with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
                    while not self.stopped.is_set():
                        turn += 1
                        connection.execute("INSERT INTO said VALUES (%s, %s)", [self.number, turn])
                        self.acknowledged.append(turn)
            except psycopg.OperationalError:
                self.unknown += 1
                time.sleep(0.05)


def play(running: Postgres, seed: int) -> Tally:
    """Many writers while the postmaster is killed again and again; then every acknowledged row is looked for."""
    tally, chance, stop = Tally(), random.Random(seed), threading.Event()
    url = plain(running.url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE said (writer int, turn int, PRIMARY KEY (writer, turn))")
    writers = [Writer(url, number, stop) for number in range(WRITERS)]
    for one in writers:
        one.start()
    for _ in range(KILLS):
        time.sleep(SECONDS_BETWEEN + chance.random())
        running.kill()
        running.start()
        tally.faults["postgres killed"] += 1
    stop.set()
    for one in writers:
        one.join(60)
    with psycopg.connect(url) as connection:
        kept = set(connection.execute("SELECT writer, turn FROM said").fetchall())
    said = {(one.number, turn) for one in writers for turn in one.acknowledged}
    tally.attempts = len(said)
    tally.figures = {"unknown": sum(one.unknown for one in writers), "lost": len(said - kept)}
    tally.violations = [f"acknowledged and lost: {row}" for row in sorted(said - kept)]
    return tally


def test_what_was_acknowledged_is_there(board) -> None:
    with board.line("I-02", "an acknowledged commit survives a kill -9 of PostgreSQL") as line:
        with server() as running:
            require_durable(running.url)
            line.tally = play(running, board.seed)
        with server(**FAULTS[FAULT].settings) as running:
            line.seeded[FAULT] = bool(play(running, board.seed).violations)
    assert line.tally.violations == []
    assert all(line.seeded.values()), line.seeded


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes"])
def test_nothing_is_proved_on_a_database_that_forgets(name: str) -> None:
    with server(**{name: "off"}) as running, pytest.raises(pytest.exit.Exception, match=name):
        require_durable(running.url)

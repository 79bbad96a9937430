"""One Valkey subscriber a process, and local fan-out by topic to the lines that are open.

Plain threads and queues: under gunicorn's gevent worker they are greenlets. Nothing here knows sockets or the
database, and nobody waits for a slow reader: a line that does not take its hints is cut, and its page looks anew.
"""

import json
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import redis
import structlog

from backend.web.live import CHANNEL

log = structlog.get_logger()
BACKLOG = 200
"""Hints a line may owe its reader before it is cut."""
LINES_OF_ACCOUNT = 8
"""Pages one account may keep open; the oldest makes room."""
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Bye:
    """The last word on a line: why it is cut."""

    code: int
    reason: str


REVOKED = Bye(4401, "signed out")
TOO_SLOW = Bye(4408, "too slow")
TOO_MANY = Bye(4409, "too many pages")
GONE = Bye(1000, "gone")
STOPPING = Bye(1001, "going away")


@dataclass(eq=False)
class Line:
    """One open page: whose it is, what it may hear, and what it has not taken yet."""

    county_id: str
    account_id: UUID
    session_id: UUID | None
    topics: frozenset[str]
    id: UUID = field(default_factory=uuid4)
    words: "queue.Queue[str | Bye]" = field(default_factory=lambda: queue.Queue(BACKLOG))
    bye: Bye | None = None
    hang_up: Callable[[], None] | None = None  # closes the wire when the reader does not even take the bye

    def give(self, word: str) -> None:
        """Put a hint on the line; one that is full is cut."""
        try:
            self.words.put_nowait(word)
        except queue.Full:
            self.cut(TOO_SLOW)

    def cut(self, bye: Bye) -> None:
        """End the line: the reader is told why if it listens, and is hung up on in any case."""
        if self.bye is not None:
            return
        self.bye = bye
        try:
            self.words.put_nowait(bye)
        except queue.Full:
            self._hang_up()
            return
        timer = threading.Timer(1.0, self._hang_up)
        timer.daemon = True
        timer.start()

    def _hang_up(self) -> None:
        if self.hang_up is not None:
            self.hang_up()


class Hub:
    """The open lines of one process, by topic."""

    def __init__(self, connect: Callable[[], "redis.Redis[bytes]"]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._by_topic: dict[tuple[str, str], set[Line]] = {}
        self._lines: dict[UUID, Line] = {}
        self._stop = threading.Event()

    def start(self) -> None:
        """Listen to Valkey in the background for as long as the process lives."""
        threading.Thread(target=self._listen, daemon=True, name="live-hub").start()

    def stop(self) -> None:
        """Stop listening and say goodbye to everybody."""
        self._stop.set()
        for line in self.lines():
            line.cut(STOPPING)

    def lines(self) -> list[Line]:
        """Return the lines that are open."""
        with self._lock:
            return list(self._lines.values())

    def add(self, line: Line) -> None:
        """Open a line; an account with too many loses its oldest."""
        with self._lock:
            self._lines[line.id] = line
            for topic in line.topics:
                self._by_topic.setdefault((line.county_id, topic), set()).add(line)
            same = [one for one in self._lines.values() if one.account_id == line.account_id and one.bye is None]
        for old in same[:-LINES_OF_ACCOUNT]:
            old.cut(TOO_MANY)

    def remove(self, line: Line) -> None:
        """Forget a line that is over."""
        with self._lock:
            self._lines.pop(line.id, None)
            for topic in line.topics:
                listeners = self._by_topic.get((line.county_id, topic))
                if listeners is not None:
                    listeners.discard(line)
                    if not listeners:
                        del self._by_topic[line.county_id, topic]

    def tell(self, hint: dict[str, Any]) -> None:
        """Hand a hint to every line of its county and topic."""
        with self._lock:
            listeners = list(self._by_topic.get((str(hint.get("county")), str(hint.get("topic"))), ()))
        word = _word(str(hint.get("topic")), str(hint.get("kind")), hint.get("id"), hint.get("seq"))
        for line in listeners:
            line.give(word)

    def look_again(self, lines: Iterable[Line]) -> None:
        """Ask pages to fetch once: hints may have been lost while Valkey was away."""
        for line in lines:
            line.give(_word(f"account:{line.account_id}", "again", None, 0))

    def _listen(self) -> None:
        failures, lost = 0, False
        while not self._stop.is_set():
            try:
                with self._connect().pubsub(ignore_subscribe_messages=True) as ear:
                    ear.subscribe(CHANNEL)
                    if lost:
                        log.info("live_back", lines=len(self.lines()))
                        self.look_again(self.lines())
                    failures, lost = 0, False
                    self._hear(ear)
            except (redis.RedisError, OSError) as error:
                lost = True
                wait = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
                failures += 1
                log.warning("live_away", kind=type(error).__name__)
                self._stop.wait(wait)

    def _hear(self, ear: Any) -> None:
        while not self._stop.is_set():
            message = ear.get_message(timeout=1.0)
            if message is None or message.get("type") != "message":
                continue
            for word in message["data"].splitlines():
                try:
                    self.tell(json.loads(word))
                except (ValueError, AttributeError):
                    log.warning("live_garbled")


def _word(topic: str, kind: str, id: Any, seq: Any) -> str:
    return json.dumps({"topic": topic, "kind": kind, "id": str(id or ""), "seq": int(seq or 0)})

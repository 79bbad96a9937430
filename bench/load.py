"""A load over HTTP from one process: keep-alive connections, each asking again as soon as it was answered.

It speaks just as much HTTP/1.1 as our own servers answer (Content-Length, keep-alive), so that it takes little of the
two cores that it shares with what it measures.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Ask = bytes
"""A whole request: line, headers, body."""


@dataclass
class Answers:
    """What came back: how often each status, after how long, and every body of a 201."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    accepted: list[bytes] = field(default_factory=list)
    broken: int = 0

    @property
    def rate(self) -> float:
        """Accepted (201) in a second."""
        return self.statuses[201] / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds that so large a share of the answers stayed under."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0


def post(path: str, body: bytes, headers: dict[str, str]) -> Ask:
    """Return a POST with a JSON body."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])).encode() + body


def drive(port: int, asks: Iterator[Ask], clients: int, *, seconds: float = 0.0, warm: float = 0.0) -> Answers:
    """Let so many clients ask until the time is over, or until there is nothing left to ask.

    Answers of the first `warm` seconds are not counted.
    """
    return asyncio.run(_drive(port, asks, clients, seconds, warm))


async def _drive(port: int, asks: Iterator[Ask], clients: int, seconds: float, warm: float) -> Answers:
    answers = Answers()
    lines = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(clients)))
    began = time.perf_counter() + warm
    end = began + seconds if seconds else None

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for ask in asks:
            sent = time.perf_counter()
            if end is not None and sent > end:
                break
            try:
                writer.write(ask)
                status, body = await _answer(reader)
            except (OSError, asyncio.IncompleteReadError):
                answers.broken += 1
                break
            if sent >= began:
                answers.statuses[status] += 1
                answers.times.append(time.perf_counter() - sent)
            if status == 201:
                answers.accepted.append(body)
        writer.close()

    await asyncio.gather(*(one(reader, writer) for reader, writer in lines))
    answers.seconds = time.perf_counter() - began
    return answers


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    place = head.lower().find(b"content-length:")
    length = int(head[place + 15 : head.index(b"\r", place)]) if place >= 0 else 0
    return status, await reader.readexactly(length) if length else b""


def counted(make: Callable[[int], Ask], begin: int = 0, end: int | None = None) -> Iterator[Ask]:
    """Ask one number after the other, each once, whoever of the clients takes it."""
    number = begin
    while end is None or number < end:
        yield make(number)
        number += 1

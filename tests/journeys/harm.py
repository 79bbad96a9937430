"""Ways to hurt a running house, each as a crash would: kill -9, or a server that ends in the middle of everything."""

import os
import signal
import threading
from collections import Counter
from contextlib import suppress

import redis

from tests.journeys.house import House


class Harm:
    """Hurts one house and counts what was really hit; its keepers and its launcher are to put it right."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.done: Counter[str] = Counter()
        self._later: list[threading.Thread] = []

    def now(self, kind: str) -> None:
        """Do one kind of harm now."""
        getattr(self, kind)()
        self.done[kind] += 1

    def soon(self, kind: str, seconds: float) -> None:
        """Do it in a moment, while a request is under way."""
        timer = threading.Timer(seconds, self.now, (kind,))
        timer.start()
        self._later.append(timer)

    def settle(self) -> None:
        """Wait until all harm that was announced is done."""
        for one in self._later:
            one.join(60)
        self._later.clear()

    def web_worker(self) -> None:
        """Kill one of the processes that answer."""
        for pid in self.house.web_workers()[:1]:
            _kill(pid)

    def web_watcher(self) -> None:
        """Kill the one that watches them; its workers live on as orphans until the keeper ends them."""
        for pid in set(self.house.pids("granian --interface")) - set(self.house.web_workers()):
            _kill(pid)

    def web(self) -> None:
        """Kill the whole web at once."""
        self.house.kill("granian --interface")

    def relay(self) -> None:
        """Kill the relay."""
        self.house.kill("backend.jobs.relay")

    def clock(self) -> None:
        """Kill the clock; its lock goes with its session."""
        self.house.kill("backend.jobs.clock")

    def postgres(self) -> None:
        """Stop PostgreSQL as a crash does: sessions cut, nothing written, recovery at the next start."""
        with suppress(FileNotFoundError, ProcessLookupError):  # it is just being started again
            os.kill(self.house.postmaster(), signal.SIGQUIT)

    def valkey(self) -> None:
        """Empty Valkey and kill it."""
        with suppress(redis.ConnectionError), redis.Redis.from_url(self.house.told()["REDIS_URL"]) as client:
            client.flushall()
            _kill(int(client.info("server")["process_id"]))


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)

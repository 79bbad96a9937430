"""A whole house on servers of its own, so that a proof may kill, empty and restart each at the moment it chooses.

Every proof over real processes stands on this: `rig()` gives the house, its servers and the ways to hurt them. A load
over HTTP takes `Rig.house.url`, its own stubborn people (tests/journeys/stubborn.py) and a `random.Random(board.seed)`.
"""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from launcher import servers
from launcher.errors import LauncherError
from launcher.servers import Running
from tests.journeys.harm import Harm
from tests.journeys.house import House, start
from tests.proof.broken import FAULTS
from tests.proof.stage import require_durable

SEEDED = Path(__file__).parent / "seeded"


class RigHarm(Harm):
    """Harm to a house whose servers are ours: they come back when we say so."""

    def __init__(self, house: House, running: Running) -> None:
        super().__init__(house)
        self.running = running

    def postgres(self) -> None:
        """An immediate stop in the middle of everything, and a start with recovery."""
        pid = self.running.postgres.pid
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)
        self._start_postgres()

    def postgres_killed(self) -> None:
        """Kill -9 the postmaster; its sessions end on their own."""
        self.running.postgres.kill()
        self._start_postgres()

    def valkey(self) -> None:
        """Kill Valkey and take what it had: it stays away until `valkey_back`."""
        self.running.valkey.kill()
        shutil.rmtree(self.running.valkey.data / "appendonlydir", ignore_errors=True)

    def valkey_back(self) -> None:
        """Start Valkey again, empty."""
        self.running.valkey.start()

    def _start_postgres(self) -> None:
        with suppress(LauncherError):  # its last processes hold the memory for a moment: once more
            self.running.postgres.restart()
            return
        self.running.postgres.restart()


@dataclass
class Rig:
    """A running house, its servers, and the harm that may be done to them."""

    house: House
    running: Running

    def harm(self) -> RigHarm:
        """Ways to hurt it, with a count of their own."""
        return RigHarm(self.house, self.running)

    def rows(self, query: str, **given: Any) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        with psycopg.connect(self.house.database_url) as connection:
            return connection.execute(query.encode(), given).fetchall()

    def broken_invariants(self, *ids: str) -> list[str]:
        """What the database itself says is wrong: the same looks as the operator's command."""
        from sqlalchemy import create_engine
        from sqlalchemy.orm import Session

        from backend.oversight.invariants import violations

        engine = create_engine(self.house.told()["DATABASE_URL"])
        try:
            with Session(engine) as current:
                return [f"{one.invariant} {one.what} {one.detail}" for one in violations(current, *ids)]
        finally:
            engine.dispose()


@contextmanager
def rig(*faults: str, workers: int = 4) -> Iterator[Rig]:
    """Start a house on its own durable servers; with `faults` its processes and its schema are broken on purpose."""
    with TemporaryDirectory(prefix="liandong-proof-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        chosen = [FAULTS[name] for name in faults]
        settings = {name: value for one in chosen for name, value in one.settings.items()}
        with servers.start(Path(folder) / "servers", durable=True, postgres_settings=settings) as running:
            if not settings:
                require_durable(running.database_url)
            house = start(Path(folder), **_told(running, faults, workers))
            try:
                _break_schema(house, [statement for one in chosen for statement in one.sql])
                yield Rig(house, running)
            finally:
                house.stop()


def _told(running: Running, faults: Sequence[str], workers: int) -> dict[str, str]:
    told = {"DATABASE_URL": running.database_url, "REDIS_URL": running.redis_url, "WEB_WORKERS": str(workers)}
    return told | ({"PYTHONPATH": str(SEEDED), "PROOF_FAULTS": ",".join(faults)} if faults else {})


def _break_schema(house: House, statements: Sequence[str]) -> None:
    with psycopg.connect(house.database_url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())

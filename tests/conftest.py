"""One real PostgreSQL and Valkey a test run; one database a worker, made from a template."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from launcher import servers
from launcher.binaries import Origin


@dataclass(frozen=True)
class Servers:
    """Addresses of the servers that this run started, or was given."""

    database_url: str
    redis_url: str


@pytest.fixture(scope="session")
def state_dir() -> Iterator[Path]:
    """A folder that the dropped user of an embedded server may reach, taken away at the end.

    Not under pytest's own: every other run of pytest closes that one to other users while our servers need it.
    """
    with tempfile.TemporaryDirectory(prefix="liandong-tests-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture(scope="session")
def running(state_dir: Path) -> Iterator[Servers]:
    """PostgreSQL and Valkey for this worker: volatile, because tests throw them away."""
    given = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    if all(given):
        yield Servers(str(given[0]), str(given[1]))
        return
    origin: Origin | None = "system" if os.environ.get("LIANDONG_TEST_POSTGRES") == "system" else None
    with servers.start(state_dir, durable=False, postgres_origin=origin) as started:
        yield Servers(started.database_url, started.redis_url)

"""One real PostgreSQL and Valkey a test run; one database a worker, made from a template."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from launcher import servers


@dataclass(frozen=True)
class Servers:
    """Addresses of the servers that this run started, or was given."""

    database_url: str
    redis_url: str


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the dropped user of an embedded server may reach."""
    folder = tmp_path_factory.mktemp("state", numbered=True)
    for parent in [folder, *folder.parents]:
        if parent == Path("/tmp"):
            break
        parent.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def running(state_dir: Path) -> Iterator[Servers]:
    """PostgreSQL and Valkey for this worker: volatile, because tests throw them away."""
    given = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    if all(given):
        yield Servers(str(given[0]), str(given[1]))
        return
    with servers.start(state_dir, durable=False) as started:
        yield Servers(started.database_url, started.redis_url)

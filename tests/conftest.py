"""One real PostgreSQL and Valkey a test run; one database a worker, made from a template."""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from launcher import chromium, servers
from launcher.binaries import Origin
from tests.clause_report import clauses


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


QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from the machine, one for a worker; `make test` installs it or says how."""
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(chromium.ready()), args=QUIET)
        yield launched
        launched.close()


class HousesInTurn(LoadScopeScheduling):
    """Gives tests that share something costly to one worker, in their order: whole houses, and the worlds of sweeps.

    Two houses at once would starve each other, and both build the mini-program in the same place; a sweep's world
    takes a minute to make. Marks (xdist_group) do not reach the scheduler of this pytest, so the paths say it.
    """

    _HOUSE = re.compile(r"tests/(?:journeys|launcher|proof)/|tests/architecture/test_frontend\.py")
    _WORLD = re.compile(r"tests/integration/(badinput|permissions)/")

    def _split_scope(self, nodeid: str) -> str:
        if self._HOUSE.match(nodeid):
            return "house"
        world = self._WORLD.match(nodeid)
        return world.group(1) if world else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> HousesInTurn:
    """Schedule by test, but houses one after the other."""
    return HousesInTurn(config, log)


_clauses: dict[str, dict[str, str]] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Carry each test's clauses in its report; a clause that no paper has is a mistake."""
    known = {clause for clause, _ in clauses()}
    for item in items:
        for mark in item.iter_markers("clause"):
            for clause in mark.args:
                if clause not in known:
                    raise pytest.UsageError(f"{item.nodeid}: no paper has the clause {clause}")
                item.user_properties.append(("clause", clause))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how every test of a clause ended."""
    if report.when == "call" or report.failed:
        for name, clause in report.user_properties:
            if name == "clause":
                _clauses.setdefault(str(clause), {})[report.nodeid] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep the report of a full run, from which docs/policy.md is written."""
    config = session.config
    full = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
    if full and not hasattr(config, "workerinput"):
        folder = Path(config.rootpath) / ".report"
        folder.mkdir(exist_ok=True)
        (folder / "clauses.json").write_text(json.dumps(_clauses, ensure_ascii=False, sort_keys=True, indent=1))

"""PostgreSQL and Valkey together: what `make run`, the tests and the proofs start.

with servers.start(Path("/tmp/state")) as running:
    connect(running.database_url, running.redis_url)
    running.postgres.kill()   # a crash, for a proof
    running.postgres.start()  # recovered, at the same address
"""

import fcntl
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from launcher import binaries
from launcher.account import dropped
from launcher.binaries import Origin
from launcher.errors import LauncherError
from launcher.places import make_private, servers_folder
from launcher.postgres import VOLATILE, Postgres
from launcher.valkey import Valkey

# An owner that is just ending, also by a kill -9, holds its lock for a moment more.
_LOCK_SECONDS = 2.0


@dataclass(frozen=True)
class Running:
    """Both servers while they run; each can be stopped, killed and started again on its own."""

    postgres: Postgres
    valkey: Valkey

    @property
    def database_url(self) -> str:
        """The product's database in SQLAlchemy's form."""
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        """Valkey in redis-py's form."""
        return self.valkey.url


@contextmanager
def start(
    state: Path,
    *,
    durable: bool = True,
    postgres_port: int | None = None,
    valkey_port: int | None = None,
    postgres_settings: Mapping[str, str] | None = None,
    postgres_origin: Origin | None = None,
) -> Iterator[Running]:
    """Start both servers on the state folder, made when it is new, and stop them at the end.

    A port of None means any free one. `durable=False` turns fsync, synchronous_commit and full_page_writes off: only
    for tests that throw the database away. `postgres_origin` asks for the wheel's programs or for the system's.
    """
    with (
        postgres(
            state, durable=durable, port=postgres_port, settings=postgres_settings, origin=postgres_origin
        ) as database,
        valkey(state, port=valkey_port) as fast,
    ):
        yield Running(database, fast)


@contextmanager
def postgres(
    state: Path,
    *,
    durable: bool = True,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    origin: Origin | None = None,
) -> Iterator[Postgres]:
    """Start a PostgreSQL alone; with `settings` of one's own it is the throw-away server of a proof."""
    account = dropped()
    home = servers_folder(state, account)
    with _only_one(state, "postgres"):
        server = Postgres(
            binaries.postgres(account, home / "programs", origin),
            home,
            account=account,
            password=_password(state, "postgres"),
            port=port,
            settings={**({} if durable else VOLATILE), **(settings or {})},
        )
        try:
            server.start()
            yield server
        finally:
            server.close()


@contextmanager
def valkey(state: Path, *, port: int | None = None, origin: Origin | None = None) -> Iterator[Valkey]:
    """Start a Valkey alone."""
    account = dropped()
    home = servers_folder(state, account)
    with _only_one(state, "valkey"):
        server = Valkey(
            binaries.valkey(account, home / "programs", origin),
            home,
            account=account,
            password=_password(state, "valkey"),
            port=port,
        )
        try:
            server.start()
            yield server
        finally:
            server.close()


def _password(state: Path, server: str) -> str:
    """The server's password, made once and kept where only its owner reads: any program can reach the port."""
    kept = make_private(state / "secrets") / f"{server}.password"
    if not kept.exists():
        kept.touch(0o600)
        kept.write_text(secrets.token_hex(24))
    return kept.read_text()


@contextmanager
def _only_one(state: Path, server: str) -> Iterator[None]:
    """Hold the state's lock: two owners of one data folder would stop each other's server."""
    with (state / f"{server}.lock").open("a") as lock:
        end = time.monotonic() + _LOCK_SECONDS
        while not _locked(lock):
            if time.monotonic() > end:
                raise LauncherError(
                    f"Another program runs the {server} server of {state} already.",
                    "Stop it first (Ctrl-C where it runs), or keep a state apart from it: LIANDONG_STATE=/some/folder",
                )
            time.sleep(0.05)
        yield


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

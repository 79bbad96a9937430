"""Our own supervisor of an embedded PostgreSQL: the programs of a wheel, run directly, as our own child."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from launcher import ports
from launcher.account import Account, spawn
from launcher.binaries import Programs
from launcher.child import Child, last_lines, wait_until_gone
from launcher.errors import LauncherError
from launcher.places import SocketFolder, make_private

NAME = "liandong"
SUPERUSER = "postgres"
# What makes a commit survive a power cut, and its opposite for tests that throw the database away.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_START_SECONDS = 120.0
# After a kill -9 the old server's last processes hold its memory and its lock file for a moment.
_RETRY_SECONDS = 10.0
_PASSING = ("postmaster.pid", "shared memory block", "Address already in use")


class Postgres:
    """One PostgreSQL server with its data folder; stop, kill and start again keep its address."""

    def __init__(
        self,
        programs: Programs,
        home: Path,
        *,
        account: Account | None,
        password: str,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.programs = programs
        self.data = home / f"postgres-{programs.major}"
        self.log = home / f"postgres-{programs.major}.log"
        self.port = port or ports.free()
        self.settings = {
            **DURABLE,
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **(settings or {}),
        }
        self._account = account
        self._password = password
        self._sockets = SocketFolder(home / "run", account)
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """The product's database as its own role, which is no superuser: production is no different."""
        return f"postgresql+psycopg://{NAME}:{quote(self._password)}@{ports.ADDRESS}:{self.port}/{NAME}"

    @property
    def superuser_url(self) -> str:
        """The same database as the superuser, for tests that change the server's settings."""
        return f"postgresql+psycopg://{SUPERUSER}:{quote(self._password)}@{ports.ADDRESS}:{self.port}/{NAME}"

    @property
    def socket_folder(self) -> Path:
        """The folder of its unix socket (`host` of a libpq connection)."""
        return self._sockets.path

    @property
    def pid(self) -> int | None:
        """The postmaster's process id; None when it does not run."""
        return self._child.pid if self.running and self._child else None

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self._child is not None and self._child.running

    def start(self) -> None:
        """Start it, made first when its data folder is new; returns when it answers."""
        if self.running:
            return
        if not self.data.exists():
            self._make()
        self._end_leftover()
        ports.require_free(self.port, "PostgreSQL", seconds=2)
        end = time.monotonic() + _RETRY_SECONDS
        while (failure := self._try_to_start()) is not None:
            if time.monotonic() > end or not any(word in failure for word in _PASSING):
                raise LauncherError(f"PostgreSQL did not start:\n{failure}", f"Its log: {self.log}")
            time.sleep(0.2)
        self._make_database()

    def stop(self) -> None:
        """Stop it in good order (SIGINT: sessions are cut, everything is written)."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def kill(self) -> None:
        """Kill -9 the postmaster, as a crash would; its sessions end on their own."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def restart(self) -> None:
        """Stop and start it again at the same address."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop it and take away what was made only for this run."""
        self.stop()
        self._sockets.remove()

    def _make(self) -> None:
        """Make the data folder; half a folder never gets the final name."""
        half = self.data.with_name(self.data.name + ".half-made")
        shutil.rmtree(half, ignore_errors=True)
        make_private(half)
        secret = half.with_name("postgres.password")
        secret.touch(0o600)
        secret.write_text(self._password)
        if self._account is not None:
            self._account.owns(half)
            self._account.owns(secret)
        # No sync and no look at the system's locales: that makes 3 s into 0.3 s. Before 17 there is no builtin locale.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.programs.major >= 17 else []
        command: list[str | Path] = [
            self.programs.program("initdb"),
            *("-D", str(half), "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", *builtin),
            *("--no-sync", "--no-instructions", "--auth=scram-sha-256", f"--pwfile={secret}"),
        ]
        child = spawn(command, self._account, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = child.communicate()[0].decode(errors="replace")
        secret.unlink()
        if child.returncode != 0:
            raise LauncherError(f"initdb failed:\n{said.strip()}", f"Check that {self.data.parent} can be written.")
        half.rename(self.data)

    def _end_leftover(self) -> None:
        """Stop a server that an owner killed with -9 left behind on this very data folder."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and str(self.data).encode() in command.read_bytes().split(b"\0"):
            os.kill(pid, signal.SIGINT)
            wait_until_gone(pid, _RETRY_SECONDS)

    def _try_to_start(self) -> str | None:
        """One attempt; what the server said when it ended instead of answering."""
        written = self.log.stat().st_size if self.log.exists() else 0
        options = {
            "listen_addresses": ports.ADDRESS,
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            **self.settings,
        }
        self._child = Child(
            [
                self.programs.program("postgres"),
                "-D",
                self.data,
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            account=self._account,
            log=self.log,
            marker=str(self.data),
            stop_signal=signal.SIGINT,
        )
        end = time.monotonic() + _START_SECONDS
        while self._child.running:
            if self._ready():
                return None
            if time.monotonic() > end:
                self._child.stop()
                return f"it did not become ready within {_START_SECONDS:.0f} s\n{last_lines(self.log, written)}"
            time.sleep(0.01)
        self._child.stop()
        return last_lines(self.log, written)

    def _ready(self) -> bool:
        """Whether the lock file's eighth line says so: what pg_ctl reads too, at no cost of a connection."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self._child is not None
            and len(lines) >= 8
            and lines[0] == str(self._child.pid)
            and lines[7].strip() == "ready"
        )

    def _make_database(self) -> None:
        """Make the product's role and database when they are not there yet."""
        with psycopg.connect(
            host=str(self.socket_folder),
            port=self.port,
            user=SUPERUSER,
            password=self._password,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            role = sql.Identifier(NAME)
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [NAME]).rowcount == 0:
                command = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(role, sql.Literal(self._password))
                connection.execute(command)
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).rowcount == 0:
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))

"""Our own supervisor of an embedded Valkey: makes things fast, and may vanish at any moment."""

import signal
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from launcher import ports
from launcher.account import Account
from launcher.binaries import Server
from launcher.child import Child, last_lines
from launcher.errors import LauncherError
from launcher.places import make_private

_START_SECONDS = 30.0


class Valkey:
    """One Valkey server with its folder; stop, kill and start again keep its address."""

    def __init__(
        self, server: Server, home: Path, *, account: Account | None, password: str, port: int | None = None
    ) -> None:
        self.server = server
        self.data = home / "valkey"
        self.log = home / "valkey.log"
        self.port = port or ports.free()
        self._account = account
        self._password = password
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Its address in the form that redis-py takes."""
        return f"redis://:{self._password}@{ports.ADDRESS}:{self.port}/0"

    @property
    def pid(self) -> int | None:
        """Its process id; None when it does not run."""
        return self._child.pid if self.running and self._child else None

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self._child is not None and self._child.running

    def start(self) -> None:
        """Start it; returns when it answers."""
        if self.running:
            return
        # The guard of an owner that was killed may just be stopping its server on this very port.
        ports.require_free(self.port, "Valkey", seconds=2)
        written = self.log.stat().st_size if self.log.exists() else 0
        self._child = Child(
            [self.server.program, self._configure()],
            account=self._account,
            log=self.log,
            marker=f"{ports.ADDRESS}:{self.port}",
            stop_signal=signal.SIGTERM,
        )
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            if not self._child.running or time.monotonic() > end:
                self._child.stop()
                raise LauncherError(f"Valkey did not start:\n{last_lines(self.log, written)}", f"Its log: {self.log}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it in good order."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def kill(self) -> None:
        """Kill -9 it, as a crash would."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def restart(self) -> None:
        """Stop and start it again at the same address."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop it for good; nothing else is held."""
        self.stop()

    def _configure(self) -> Path:
        """Write its settings; the password stays out of the process table that way."""
        make_private(self.data)
        settings = self.data / "valkey.conf"
        settings.touch(0o600)
        lines = [f"bind {ports.ADDRESS}", f"port {self.port}", f"requirepass {self._password}", f'dir "{self.data}"']
        settings.write_text("\n".join([*lines, "appendonly yes", 'save ""', "daemonize no"]) + "\n")
        if self._account is not None:
            for path in (self.data, settings):
                self._account.owns(path)
        return settings

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

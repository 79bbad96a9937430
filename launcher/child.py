"""One server process that is ours: started, watched, stopped, and never left behind when we die."""

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from launcher.account import Account, spawn

# Sleeps until its standard input closes, which happens when the owner ends, however it ends. It then stops the server,
# after a look at the process table: the number may belong to another program by then.
_GUARD = """
read -r _
tr '\\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -qF -- "$2" && kill -s "$3" "$1"
"""


class Child:
    """A running server process with its guard.

    `marker` is a piece of the server's command line that no other process has; `stop_signal` ends it in good order.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        account: Account | None,
        log: Path,
        marker: str,
        stop_signal: signal.Signals,
        cwd: Path = Path("/"),
        env: Mapping[str, str] | None = None,
    ) -> None:
        log.touch(0o600)
        with log.open("ab") as output:
            self._process = spawn(command, account, stdout=output.fileno(), stderr=subprocess.STDOUT, cwd=cwd, env=env)
        self._stop_signal = stop_signal
        self._guard = spawn(
            ["/bin/sh", "-c", _GUARD, "guard", str(self.pid), marker, stop_signal.name.removeprefix("SIG")],
            None,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it still runs; a dead one is reaped here, so that no zombie holds its lock file."""
        return self._process.poll() is None

    def stop(self, seconds: float = 30.0) -> None:
        """End it in good order; kill it when it has not ended within the time."""
        if self.running:
            self._process.send_signal(self._stop_signal)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._reap()

    def kill(self) -> None:
        """End it as a crash would: kill -9, nothing written, nothing closed."""
        if self.running:
            self._process.kill()
        self._reap()

    def _reap(self) -> None:
        self._process.wait()
        self._guard.kill()
        self._guard.wait()
        if self._guard.stdin is not None:
            self._guard.stdin.close()


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Wait for a process that is not our child to end; False when it is still there after the time."""
    end = time.monotonic() + seconds
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def last_lines(log: Path, start: int, count: int = 6) -> str:
    """What a server wrote from a position on, cut to its last lines, for an error that explains itself."""
    if not log.exists():
        return ""
    with log.open("rb") as source:
        source.seek(start)
        return "\n".join(source.read().decode(errors="replace").strip().splitlines()[-count:])

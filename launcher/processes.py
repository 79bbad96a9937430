"""The Procfile's processes, started by honcho and ended together."""

import resource
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from honcho.environ import parse_procfile

from launcher.child import Child, last_lines
from launcher.errors import LauncherError
from launcher.places import CHECKOUT

PROCFILE = CHECKOUT / "Procfile"
_STAND_IN = "wechat-mock"


@contextmanager
def start(log: Path, env: Mapping[str, str], *, stand_in: bool, procfile: Path = PROCFILE) -> Iterator[Child]:
    """Start every process of the Procfile; at the end none of them is left.

    `stand_in=False` leaves out the stand-in for WeChat's servers, as there is a real AppID.
    """
    names = [name for name in parse_procfile(procfile.read_text()).processes if stand_in or name != _STAND_IN]
    _allow_many_sockets()
    honcho = Child(
        [sys.executable, "-m", "honcho", "start", "--no-colour", "-f", procfile, *names],
        account=None,
        log=log,
        marker=str(procfile),
        stop_signal=signal.SIGTERM,
        cwd=procfile.parent,
        env=env,
    )
    try:
        yield honcho
    finally:
        honcho.stop(seconds=15)


def wait_until_ready(honcho: Child, url: str, log: Path, seconds: float = 180.0) -> None:
    """Wait until the address answers 200; raise with the processes' own last words when it does not."""
    end = time.monotonic() + seconds
    while not _answers(url):
        if not honcho.running:
            raise LauncherError(f"A process ended at once:\n{last_lines(log, 0, 25)}", f"The whole log: {log}")
        if time.monotonic() > end:
            raise LauncherError(
                f"{url} did not answer within {seconds:.0f} s:\n{last_lines(log, 0, 25)}", f"The whole log: {log}"
            )
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _allow_many_sockets() -> None:
    """Let the processes open as many files as the machine allows: each open page is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

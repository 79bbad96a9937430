"""Free TCP ports on this machine's own address."""

import socket
import time
from collections.abc import Sequence

from launcher.errors import LauncherError

ADDRESS = "127.0.0.1"


def free() -> int:
    """A port nobody listens on now; another program may still take it before we do."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port


def free_block(steps: Sequence[int]) -> int:
    """A port nobody listens on now, nor on those that many steps above it."""
    while True:
        first = free()
        if first + max(steps) <= 65535 and not any(_taken(first + step) for step in steps):
            return first


def require_free(port: int, purpose: str, seconds: float = 0.0) -> None:
    """Raise when something still listens on the port after the time, in words that say what to do."""
    end = time.monotonic() + seconds
    while _taken(port):
        if time.monotonic() > end:
            raise LauncherError(
                f"Port {port} ({purpose}) is taken by another program.",
                "Stop that program, or choose other ports: PORT=9000 make run",
            )
        time.sleep(0.05)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return True
    return False

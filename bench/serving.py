"""A web server as the Procfile starts it, for as long as a measurement lasts."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.places import CHECKOUT
from launcher.ports import free

STARTS = 60.0


@contextmanager
def serving(target: str, env: dict[str, str], log: Path) -> Iterator[int]:
    """Serve an app's factory with the Procfile's own line (workers, threads, queue); gives the port."""
    port = free()
    line = re.search(r"granian .*", (CHECKOUT / "Procfile").read_text())
    assert line is not None
    words = line.group().replace("backend.app:create_app", target)
    told = {**os.environ, **env, "PORT": str(port), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with log.open("w") as out:
        process = subprocess.Popen(
            ["bash", "-c", f"ulimit -n $(ulimit -Hn); exec {words}"], cwd=CHECKOUT, env=told, stdout=out, stderr=out
        )
    try:
        _wait(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except urllib.error.HTTPError:
            return  # it answers: the bare app has no such page
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")

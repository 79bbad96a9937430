"""The whole house as a newcomer starts it: real processes of the Procfile, driven from outside."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from launcher.ports import free as free_port

ROOT = Path(__file__).parents[2]


@dataclass
class House:
    """A running Liandong: its addresses, its commands, and ways to hurt it."""

    process: subprocess.Popen[str] | None
    port: int
    state: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def mock(self) -> str:
        return f"http://127.0.0.1:{self.port + 3}"

    def flask(self, *words: str) -> str:
        """Type a command of the product beside the running processes; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "launcher", "flask", *words],
            cwd=ROOT,
            env=self.env(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"flask {' '.join(words)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def env(self) -> dict[str, str]:
        return {**os.environ, "LIANDONG_STATE": str(self.state), "PORT": str(self.port)}

    def told(self) -> dict[str, str]:
        """What its processes were told at the start."""
        told: dict[str, str] = json.loads((self.state / "secrets" / "running.json").read_text())
        return told

    @property
    def database_url(self) -> str:
        """Its database in libpq's form."""
        return self.told()["DATABASE_URL"].replace("+psycopg", "")

    def turn(self, **by: float) -> None:
        """Turn domain time forward for every process."""
        self.flask("time", "turn", *[f"--{unit}={amount}" for unit, amount in by.items()])

    def now(self) -> datetime:
        """Domain time as the API tells it."""
        with urllib.request.urlopen(self.url + "/api/v1/counties", timeout=20) as answer:
            return datetime.fromisoformat(answer.headers["X-Liandong-Now"])

    def wait_for(self, look: Callable[[], Any], what: str, seconds: float = 120.0) -> Any:
        """Look until there is something; ticks and relays take their time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.5)
        raise AssertionError(f"never came: {what}")

    def get(self, path: str, base: str | None = None) -> Any:
        with urllib.request.urlopen((base or self.url) + path, timeout=20) as answer:
            return json.loads(answer.read())

    def pids(self, words: str) -> list[int]:
        """Process ids of this house whose command line has these words."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    own = f"LIANDONG_STATE={self.state}".encode() in (folder / "environ").read_bytes()
                except OSError:
                    continue
                if own and words in line and "launcher.keep" not in line:
                    found.append(int(folder.name))
        return sorted(found)

    def kill(self, words: str) -> int:
        """Kill processes of this house by their ids, without warning; how many there were."""
        pids = self.pids(words)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def web_workers(self) -> list[int]:
        """The processes that answer HTTP, without the one that watches them."""
        pids = self.pids("granian --interface")
        return [pid for pid in pids if _parent(pid) in pids]

    def postmaster(self) -> int:
        """The process id of the embedded PostgreSQL of this house."""
        lock = next(self.state.glob("postgres-*/postmaster.pid"))
        return int(lock.read_text().splitlines()[0])

    def wait_ready(self, seconds: float = 120.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the house ended:\n{self.log.read_text()[-4000:]}")
            try:
                if self.get("/readyz")["status"] == "ready":
                    return
            except (urllib.error.URLError, OSError, ValueError):
                pass
            time.sleep(0.2)
        raise AssertionError(f"the house is not ready:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(state: Path, **given: str) -> House:
    """Start the house on a fresh state and free ports, as `make run` does; `given` is told to every process."""
    port = free_port()
    while not all(_free(port + step) for step in (0, 1, 3, 10, 11)):
        port = free_port()
    log = state / "run.log"
    env = {**os.environ, "LIANDONG_STATE": str(state), "PORT": str(port), "PYTHONUNBUFFERED": "1"} | given
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "launcher", "run"], cwd=ROOT, env=env, stdout=output, stderr=output, text=True
        )
    house = House(process, port, state, log)
    try:
        house.wait_ready(240)
    except BaseException:
        house.stop()
        raise
    return house


def _parent(pid: int) -> int | None:
    try:
        return int((Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def _free(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return port < 65500 and probe.connect_ex(("127.0.0.1", port)) != 0

"""`make run` as a person types it: everything answers, and Ctrl-C leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from launcher.places import CHECKOUT
from launcher.ports import free_block
from launcher.servers import Running
from tests.launcher.traces import all_gone, processes_with

SECONDS = 240


@contextmanager
def launched(state: Path, port: int | str, **given: str) -> Iterator[subprocess.Popen[str]]:
    """The launcher as its own process; killed at the end in case a test has failed before ending it."""
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    env |= {"LIANDONG_STATE": str(state), "PORT": str(port), **given}
    command = [sys.executable, "-m", "launcher", "run"]
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said_until(process: subprocess.Popen[str], last: str) -> str:
    """What it prints up to a line with these words; everything, when it ends before."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if last in line:
            break
    return "".join(lines)


def free_base() -> int:
    """A port with all its followers."""
    return free_block((0, 1, 3, 10, 11))


def test_everything_answers_and_ctrl_c_leaves_nothing(state_dir: Path) -> None:
    state = state_dir / "run"
    for _ in range(2):  # the first time and again
        with launched(state, free_base()) as process:
            said = said_until(process, "Ctrl-C ends everything")
            addresses = re.findall(r"http://\S+", said)
            assert len(addresses) == 3, said
            for address in addresses:
                with urlopen(address, timeout=30) as answer:
                    assert answer.status == 200, address
            assert len(processes_with(str(state))) > 7
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 0
        assert all_gone(str(state))


def test_servers_that_are_given_are_used_and_none_is_started(state_dir: Path, running: Running) -> None:
    state = state_dir / "given"
    with psycopg.connect(running.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE given_to_run")
    database_url = running.database_url.rsplit("/", 1)[0] + "/given_to_run"
    with launched(state, free_base(), DATABASE_URL=database_url, REDIS_URL=running.redis_url) as process:
        said = said_until(process, "Ctrl-C ends everything")
        assert "DATABASE_URL" in said and "REDIS_URL" in said, said
        commands = " ".join(processes_with(str(state)))
        assert "granian" in commands
        assert "valkey-server" not in commands
        assert "postgres -D" not in commands
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
    assert all_gone(str(state))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"LIANDONG_PRODUCTION": "1"}, "DATABASE_URL"),
        ({"PORT": "99999"}, "PORT=99999"),
    ],
)
def test_what_cannot_run_is_refused_by_name(state_dir: Path, given: dict[str, str], named: str) -> None:
    port = given.pop("PORT", str(free_base()))
    with launched(state_dir / "refused", port, **given) as process:
        assert named in said_until(process, "nothing ends it")
        assert process.wait(SECONDS) == 1

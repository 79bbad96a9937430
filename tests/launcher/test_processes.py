"""The Procfile's processes: all up, and none left, however the launcher ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import processes
from launcher.errors import LauncherError
from launcher.places import CHECKOUT
from launcher.ports import free
from tests.launcher.traces import all_gone, processes_with

TOY = """\
web: exec python -m http.server --bind 127.0.0.1 $PORT
relay: sh -c 'sleep 600 & sleep 600'
wechat-mock: exec sleep 600
"""


@pytest.fixture
def procfile(tmp_path: Path) -> Path:
    file = tmp_path / "Procfile"
    file.write_text(TOY)
    return file


def environment(port: int) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "PORT": str(port), "PYTHONUNBUFFERED": "1"}


def test_processes_answer_and_end_together(procfile: Path, tmp_path: Path) -> None:
    port, log = free(), tmp_path / "log"
    env = {**environment(port), "LIANDONG_TRACE": str(tmp_path)}
    with processes.start(log, env, stand_in=True, procfile=procfile) as honcho:
        processes.wait_until_ready(honcho, f"http://127.0.0.1:{port}/", log)
        assert len([command for command in processes_with(str(tmp_path)) if "sleep 600" in command]) >= 3
    assert all_gone(str(tmp_path))


def test_the_stand_in_is_left_out_when_there_is_a_real_app(procfile: Path, tmp_path: Path) -> None:
    port, log = free(), tmp_path / "log"
    with processes.start(log, environment(port), stand_in=False, procfile=procfile) as honcho:
        processes.wait_until_ready(honcho, f"http://127.0.0.1:{port}/", log)
    assert "wechat-mock" not in log.read_text()


def test_a_process_that_ends_at_once_is_told_with_its_last_words(procfile: Path, tmp_path: Path) -> None:
    procfile.write_text("web: echo no such county >&2; exit 3\n")
    port, log = free(), tmp_path / "log"
    with (
        processes.start(log, environment(port), stand_in=True, procfile=procfile) as honcho,
        pytest.raises(LauncherError, match="no such county"),
    ):
        processes.wait_until_ready(honcho, f"http://127.0.0.1:{port}/", log)


OWNER = """
import os, sys, time
from pathlib import Path
from launcher import processes
folder = Path(sys.argv[1])
with processes.start(folder / "log", dict(os.environ), stand_in=True, procfile=folder / "Procfile") as honcho:
    processes.wait_until_ready(honcho, f"http://127.0.0.1:{os.environ['PORT']}/", folder / "log")
    print("up", flush=True)
    time.sleep(600)
"""


def test_a_killed_launcher_leaves_no_process(procfile: Path, tmp_path: Path) -> None:
    env = {**environment(free()), "LIANDONG_TRACE": str(tmp_path), "PYTHONPATH": str(CHECKOUT)}
    with subprocess.Popen([sys.executable, "-c", OWNER, tmp_path], stdout=subprocess.PIPE, text=True, env=env) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        os.kill(owner.pid, signal.SIGKILL)
    assert all_gone(str(tmp_path))

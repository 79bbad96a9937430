"""A process that dies is started again; one that is told to stop stays down."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKER = "import os,sys,time; open(sys.argv[1],'a').write(f'{os.getpid()}\\n'); time.sleep(60)"


def lives(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def wait_for(condition, seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_killed_process_comes_back_and_a_stopped_one_does_not(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = [sys.executable, "-m", "launcher.keep", sys.executable, "-c", WORKER, str(pids)]
    keeper = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        assert wait_for(lambda: len(lives(pids)) == 1)
        os.kill(lives(pids)[0], signal.SIGKILL)
        assert wait_for(lambda: len(lives(pids)) == 2)
        keeper.terminate()
        assert keeper.wait(20) == 0
        assert wait_for(lambda: gone(lives(pids)[1]))
        assert len(lives(pids)) == 2
    finally:
        keeper.kill()
        keeper.wait()


def test_what_a_killed_process_leaves_behind_is_ended(tmp_path: Path) -> None:
    """A web server's workers outlive the one that watches them; nobody else would ever stop them."""
    pids = tmp_path / "pids"
    watcher = f"import subprocess,sys; subprocess.run([sys.executable, '-c', {WORKER!r}, sys.argv[1]])"
    command = [sys.executable, "-m", "launcher.keep", sys.executable, "-c", watcher, str(pids)]
    keeper = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        assert wait_for(lambda: len(lives(pids)) == 1)
        worker = lives(pids)[0]
        watching = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(watching, signal.SIGKILL)
        assert wait_for(lambda: len(lives(pids)) == 2)
        assert gone(worker)
        keeper.terminate()
        assert keeper.wait(20) == 0
        assert wait_for(lambda: gone(lives(pids)[1]))
    finally:
        keeper.kill()
        keeper.wait()


def test_bad_settings_are_not_tried_again(tmp_path: Path) -> None:
    count = tmp_path / "count"
    worker = "import sys; open(sys.argv[1],'a').write('1\\n'); sys.exit(78)"
    command = [sys.executable, "-m", "launcher.keep", sys.executable, "-c", worker, str(count)]
    done = subprocess.run(command, cwd=ROOT, timeout=30, check=False)
    assert done.returncode == 78
    assert lives(count) == [1]

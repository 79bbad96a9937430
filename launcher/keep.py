"""Keeps one process of the Procfile alive: starts it again when it dies, until it is told to stop.

    python -m launcher.keep python -m backend.jobs.relay

A crash of the relay or the clock must not take the web down with it. A process that ends at once again and again is
given longer and longer pauses. One that has never come up is given up after three tries, and so is known at once as
broken; one that refuses its settings (exit status 78) is not tried again.

What a dead process leaves behind (a web server's workers, when the one that watches them is killed) is ended before the
next is started: nobody else would ever stop it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

BAD_SETTINGS = 78
LONGEST_PAUSE = 10.0
SOUND_AFTER = 5.0
TRIES = 3
_PR_SET_CHILD_SUBREAPER = 36


def main(command: list[str]) -> int:
    """Run the command for as long as it is wanted; returns the exit status of its last end."""
    stopping: list[int] = []
    child: list[subprocess.Popen[bytes]] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)
        for running in child:
            running.send_signal(signal.SIGTERM)

    for wish in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(wish, stop)
    # The orphans of a dead child become ours, and so we can find them.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    pause, tries, was_sound = 0.2, 0, False
    while True:
        begun = time.monotonic()
        child[:] = [subprocess.Popen(command)]
        if stopping:  # told between the last look and the start
            child[0].send_signal(signal.SIGTERM)
        status = child[0].wait()
        _end_orphans()
        if stopping or status == BAD_SETTINGS:
            return 0 if stopping else status
        sound = time.monotonic() - begun > SOUND_AFTER
        was_sound, tries = was_sound or sound, tries + 1
        if not was_sound and tries >= TRIES:
            return status or 1
        pause = 0.2 if sound else min(pause * 2, LONGEST_PAUSE)
        print(f"keep: {' '.join(command)} ended with {status}; again in {pause:.1f} s", flush=True)
        _sleep(pause, stopping)
        if stopping:
            return 0


def _end_orphans() -> None:
    """Kill what the dead child has left, and what that leaves in its turn."""
    while left := _children():
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(after_name[1]) == os.getpid():
            found.append(int(stat.parent.name))
    return found


def _sleep(seconds: float, stopping: list[int]) -> None:
    end = time.monotonic() + seconds
    while not stopping and time.monotonic() < end:
        time.sleep(0.05)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main(sys.argv[1:]))

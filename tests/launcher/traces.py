"""Finds every process that a test started, by a word that only its own command line or environment has."""

import time
from pathlib import Path


def processes_with(word: str) -> list[str]:
    """The command lines of living processes that carry the word."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:  # it ended meanwhile
            continue
        if command and word.encode() in command + environment:
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


def all_gone(word: str, seconds: float = 20.0) -> bool:
    """Wait until no process carries the word; False when one still does after the time."""
    end = time.monotonic() + seconds
    while processes_with(word):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True

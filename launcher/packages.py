"""npm packages that a lock file names: installed again only when the lock has changed."""

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from launcher import node, say
from launcher.errors import LauncherError
from launcher.node import Node

_LOCKED = ("package.json", "package-lock.json", ".npmrc")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep everybody else out of a folder while it is made: two workers of one test run, or `make run` beside them.

    The lock is the folder itself, so nothing lies about afterwards, and it ends with the process that holds it.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def install(folder: Path, purpose: str) -> Node:
    """Bring exactly what the folder's package-lock.json names (`npm ci`); returns the Node that did."""
    found = node.ready()
    wanted = digest(folder, [folder / name for name in _LOCKED], found.version)
    stamp = folder / "node_modules" / ".liandong-installed"
    with alone(folder):
        if not says(stamp, wanted):
            with say.step(f"Installing {purpose} (npm ci)"):
                run(found, ["ci", "--no-audit", "--no-fund"], folder)
            write(stamp, wanted)
    return found


def run(found: Node, words: Sequence[str], folder: Path) -> str:
    """Run npm in the folder; what it said, or an error that shows it."""
    done = subprocess.run(
        [*found.npm, *words],
        cwd=folder,
        env=found.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise LauncherError(f"npm {' '.join(words)} failed:\n{done.stdout.strip()[-3000:]}", f"It ran in {folder}")
    return done.stdout


def digest(folder: Path, files: Iterable[Path], version: str) -> str:
    """One word for what goes into a build: names and contents of the files, and the tool's version."""
    told = hashlib.sha256(version.encode())
    for file in files:
        if file.is_file():
            told.update(f"\0{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
            told.update(file.read_bytes())
    return told.hexdigest()


def says(stamp: Path, wanted: str) -> bool:
    """Whether the stamp of the last build tells the same."""
    return stamp.is_file() and stamp.read_text() == wanted


def write(stamp: Path, wanted: str) -> None:
    """Note what was built."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)

"""The mini-program's packages and its build for the browser: done again only when what goes in has changed."""

import hashlib
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from launcher import node, say
from launcher.errors import LauncherError
from launcher.node import Node
from launcher.places import CHECKOUT

FOLDER = CHECKOUT / "miniapp-mock"
_LOCKED = ("package.json", "package-lock.json", ".npmrc")
# Made by a build or belonging to something else: no part of what goes in.
_NOT_SOURCES = {"node_modules", "dist", "platform", "checks", "tests", "unpackage"}


def install(folder: Path = FOLDER) -> Node:
    """Bring the packages that package-lock.json names (`npm ci`) when it has changed since the last time."""
    found = node.ready()
    wanted = _digest(folder, [folder / name for name in _LOCKED], found.version)
    stamp = folder / "node_modules" / ".liandong-installed"
    if not _says(stamp, wanted):
        with say.step("Installing the mini-program's packages (npm ci)"):
            run(found, ["ci", "--no-audit", "--no-fund"], folder)
        _write(stamp, wanted)
    return found


def build(folder: Path = FOLDER) -> Path:
    """Build the mini-program for the browser when its sources have changed; returns the folder that Flask serves."""
    found = install(folder)
    built = folder / "dist" / "build" / "h5"
    stamp = folder / "dist" / ".liandong-h5"
    wanted = _digest(folder, _sources(folder), found.version)
    if not built.is_dir() or not _says(stamp, wanted):
        with say.step("Building the mini-program for the browser"):
            stamp.unlink(missing_ok=True)
            run(found, ["run", "build:h5"], folder)
        _write(stamp, wanted)
    return built


def run(found: Node, words: Sequence[str], folder: Path = FOLDER) -> str:
    """Run npm; what it said, or an error that shows it."""
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


def _sources(folder: Path) -> Iterable[Path]:
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if Path(top) != folder or name not in _NOT_SOURCES)
        yield from (Path(top, name) for name in sorted(files))


def _digest(folder: Path, files: Iterable[Path], version: str) -> str:
    digest = hashlib.sha256(version.encode())
    for file in files:
        if file.is_file():
            digest.update(f"\0{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _write(stamp: Path, wanted: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


def _says(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text() == wanted

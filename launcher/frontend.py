"""The mini-program's packages and its build for the browser: done again only when what goes in has changed."""

import os
from collections.abc import Iterable
from pathlib import Path

from launcher import packages, say
from launcher.node import Node
from launcher.places import CHECKOUT

FOLDER = CHECKOUT / "miniapp-mock"
# Made by a build or belonging to something else: no part of what goes in.
_NOT_SOURCES = {"node_modules", "dist", "platform", "checks", "tests", "unpackage"}
# Gathered from the features by the build itself.
_GATHERED = {"pages.json", "entrances.json", "addresses.json", "global.d.ts"}


def install(folder: Path = FOLDER) -> Node:
    """Bring the packages that package-lock.json names when it has changed since the last time."""
    return packages.install(folder, "the mini-program's packages")


def build(folder: Path = FOLDER) -> Path:
    """Build the mini-program for the browser when its sources have changed; returns the folder that Flask serves."""
    found = install(folder)
    built = folder / "dist" / "build" / "h5"
    stamp = folder / "dist" / ".liandong-h5"
    wanted = packages.digest(folder, _sources(folder), found.version)
    with packages.alone(folder):
        if not built.is_dir() or not packages.says(stamp, wanted):
            with say.step("Building the mini-program for the browser"):
                stamp.unlink(missing_ok=True)
                packages.run(found, ["run", "build:h5"], folder)
            packages.write(stamp, wanted)
    return built


def _sources(folder: Path) -> Iterable[Path]:
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if Path(top) != folder or name not in _NOT_SOURCES)
        yield from (Path(top, name) for name in sorted(files) if name not in _GATHERED)

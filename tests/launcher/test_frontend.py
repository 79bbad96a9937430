"""The mini-program is built again when, and only when, what goes into it has changed."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from launcher import frontend
from launcher.errors import LauncherError

BUILD = "mkdir -p dist/build/h5 && echo built >> dist/builds"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.ts").write_text("one")
    package = {"name": "toy", "version": "1.0.0", "scripts": {"build:h5": BUILD}}
    (tmp_path / "package.json").write_text(json.dumps(package))
    lock = {"name": "toy", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": {"": package}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    return tmp_path


def builds(folder: Path) -> int:
    return (folder / "dist" / "builds").read_text().count("built")


def test_built_again_only_when_sources_change(folder: Path) -> None:
    assert frontend.build(folder) == folder / "dist" / "build" / "h5"
    frontend.build(folder)
    assert builds(folder) == 1
    (folder / "src" / "main.ts").write_text("two")
    frontend.build(folder)
    assert builds(folder) == 2
    (folder / "platform").mkdir()
    (folder / "platform" / "serve.py").write_text("no part of it")
    frontend.build(folder)
    assert builds(folder) == 2


def test_a_failed_build_is_shown_and_tried_again(folder: Path) -> None:
    package = folder / "package.json"
    good = package.read_text()
    package.write_text(good.replace(BUILD, "echo no such page; exit 1"))
    for _ in range(2):
        with pytest.raises(LauncherError, match="no such page"):
            frontend.build(folder)
    package.write_text(good)
    frontend.build(folder)
    assert builds(folder) == 1


def test_two_at_once_build_once(folder: Path) -> None:
    """Workers of one test run, or `make run` beside `make test`, came upon each other's half-made folders."""
    with ThreadPoolExecutor(6) as together:
        list(together.map(lambda _: frontend.build(folder), range(6)))
    assert builds(folder) == 1

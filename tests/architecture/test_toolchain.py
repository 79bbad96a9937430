"""The same checks as `make lint` and `make types`, so that the one test command says everything."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.places import CHECKOUT

PROGRAMS = Path(sys.executable).parent

CHECKS = {
    "style": ["ruff", "check", "."],
    "layout": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "who may import whom": ["lint-imports"],
}


@pytest.mark.parametrize("purpose", CHECKS)
def test_check_finds_nothing(purpose: str) -> None:
    program, *words = CHECKS[purpose]
    done = subprocess.run([PROGRAMS / program, *words], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{program} found:\n{done.stdout}{done.stderr}"


def test_whole_houses_are_built_and_run_one_after_the_other() -> None:
    """Two workers are at hand, and only one is given what would build or start a house."""
    words = [sys.executable, "-m", "pytest", "tests/launcher/test_environment.py", "-n", "2", "-v"]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    workers = re.findall(r"\[(gw\d)\] \[.*PASSED", done.stdout)
    assert len(workers) > 2, done.stdout
    assert len(set(workers)) == 1

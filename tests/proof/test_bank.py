"""Every small fault of booking and referral is seeded in turn: the test that is named for it has to go red.

One of them alone: `pytest -m proof -n0 tests/proof/test_bank.py -k NAME`.
"""

import os
import subprocess
import sys

import pytest

from tests.proof.bank import CAUGHT_BY
from tests.proof.rig import SEEDED
from tests.proof.score import ROOT, Scoreboard

pytestmark = pytest.mark.proof
GREEN, RED = 0, 1
PATIENCE_SECONDS = 1_800


def run(tests: list[str], *faults: str) -> tuple[int, str]:
    """Tests in a process of their own, on servers of their own; its exit status and its last lines."""
    env = {**os.environ, "PYTHONPATH": str(SEEDED), "PROOF_FAULTS": ",".join(faults)}
    words = [sys.executable, "-m", "pytest", "-p", "tests.proof.spoil", "-n0", "-q", "--no-header", "-x", *tests]
    done = subprocess.run(
        words, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    return done.returncode, done.stdout[-2000:]


def test_without_a_fault_all_are_green(board: Scoreboard) -> None:
    tests = sorted({test for _, test in CAUGHT_BY.values()})
    with board.line("–", f"the {len(tests)} tests that see the small faults below are green without one") as line:
        status, said = run(tests)
        line.tally.attempts = len(tests)
        line.tally.violations += [f"not green: {said}"] * (status != GREEN)
    assert line.tally.violations == []


@pytest.mark.parametrize("name", CAUGHT_BY)
def test_a_small_fault_is_seen(board: Scoreboard, name: str) -> None:
    _, test = CAUGHT_BY[name]
    with board.line("–", f"a small fault, seen by `{test.rpartition('::')[2]}`: {name}") as line:
        status, said = run([test], name)
        line.tally.attempts = 1
        line.seeded[name] = status == RED
    assert status == RED, f"{test} ended with {status} although {name} is in: {said}"

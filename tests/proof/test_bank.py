"""Every small fault of booking and referral is seeded in turn: the test that is named for it has to go red."""

import os
import subprocess
import sys

import pytest

from tests.proof.bank import CAUGHT_BY
from tests.proof.rig import SEEDED
from tests.proof.score import ROOT

pytestmark = pytest.mark.proof
GREEN, RED = 0, 1


def run(test: str, *faults: str) -> tuple[int, str]:
    """One test in a process of its own, on servers of its own; its exit status and its last lines."""
    env = {**os.environ, "PYTHONPATH": str(SEEDED), "PROOF_FAULTS": ",".join(faults)}
    words = [sys.executable, "-m", "pytest", "-p", "tests.proof.spoil", "-n0", "-q", "--no-header", "-x", test]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout[-2000:]


def test_every_small_fault_is_seen(board) -> None:
    with board.line("–", f"{len(CAUGHT_BY)} small faults of booking and referral, each seen by its own test") as line:
        for test in sorted({test for _, test in CAUGHT_BY.values()}):
            status, said = run(test)
            line.tally.attempts += 1
            line.tally.violations += [f"{test} is not green without a fault: {said}"] * (status != GREEN)
        for name, (_, test) in CAUGHT_BY.items():
            line.seeded[name] = run(test, name)[0] == RED
    assert line.tally.violations == []
    assert all(line.seeded.values()), [name for name, seen in line.seeded.items() if not seen]

"""The maker of slots, started by eight processes for the same day at the same moment: every place is there once."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import text

from backend.booking.slot_maker import make_slots
from backend.store.db import transaction
from tests.proof.rig import SEEDED
from tests.proof.score import ROOT, Tally
from tests.proof.stage import Stage, Stages

pytestmark = pytest.mark.proof
MAKERS, COUNTIES = 8, ("xinmi", "mangshi")
FAULT = "sessions-made-again"
_MADE = text(
    """
    SELECT s.county_id, s.institution, s.department, s.day, s.template, p.starts_at, p.pool,
           sum(p.capacity) AS places, count(DISTINCT s.id) AS times
    FROM schedule_session s JOIN slot p ON p.county_id = s.county_id AND p.session_id = s.id
    GROUP BY s.county_id, s.institution, s.department, s.day, s.template, p.starts_at, p.pool
    """
)


def made(stage: Stage) -> dict[tuple[Any, ...], int]:
    """Every place of every time, with how many sessions have it."""
    with stage.app.app_context(), transaction() as current:
        return {(*row[:8],): row.times for row in current.execute(_MADE)}


def at_once(stage: Stage, *faults: str) -> list[str]:
    """Eight processes, each with an app of its own; what they said."""
    settings = asdict(stage.app.config["SETTINGS"]) | {"pool_size": 2}
    told = json.dumps({"settings": settings, "counties": COUNTIES}) + "\n"
    env = os.environ | ({"PYTHONPATH": str(SEEDED), "PROOF_FAULTS": ",".join(faults)} if faults else {})
    words = [sys.executable, "-m", "tests.proof.one_maker"]
    makers = [
        subprocess.Popen(words, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(MAKERS)
    ]
    for one in makers:
        assert one.stdin is not None
        one.stdin.write(told)
        one.stdin.flush()
    for one in makers:
        assert one.stdout is not None
        while "ready" not in (line := one.stdout.readline()):
            assert line, "a maker did not start"
    for one in makers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = [one.communicate(timeout=1_800)[0] for one in makers]
    return [f"a maker ended with {one.returncode}" for one in makers if one.returncode] + said


def test_eight_makers_make_every_place_once(board: Any, stages: Stages) -> None:
    def play(alone: dict[tuple[Any, ...], int], *faults: str) -> Tally:
        with stages.open(faults[0] if faults else None) as stage:
            said = at_once(stage, *faults)
            found = made(stage)
        tally = Tally(attempts=MAKERS * len(COUNTIES), figures={"processes": MAKERS, "times of a session": len(found)})
        tally.violations = [one for one in said if one.startswith("a maker ended")]
        tally.violations += [f"made {times} times: {what[:5]}" for what, times in found.items() if times != 1][:5]
        tally.violations += [f"{len(found)} times, alone {len(alone)}"] * (set(found) != set(alone))
        return tally

    with board.line("–", f"the slot maker run for one day by {MAKERS} processes at once: every place once") as line:
        with stages.open() as stage:
            for county in COUNTIES:
                with stage.app.app_context(), transaction() as current:
                    assert make_slots(current, county) > 0
            alone = made(stage)
        line.tally = play(alone)
        line.seeded[FAULT] = bool(play(alone, FAULT).violations)
    assert line.tally.violations == []
    assert all(line.seeded.values()), line.seeded

"""Long walks through referral and booking together, in both counties, against a model that knows what is lawful.

The people, the acts and the model are those of tests/integration/walk, where a few walks go with every test run.
"""

from collections import Counter

import pytest

from tests.integration.walk.machine_places import walk
from tests.integration.walk.world import make_world
from tests.proof.score import Scoreboard, Tally
from tests.proof.stage import Stage

pytestmark = pytest.mark.proof
WALKS, STEPS = 60, 50
TRIES = 3
"""Walks are drawn by lot, and a broken product is walked again until it shows; a sound one never may."""
FAULTS = (
    "hospital-not-asked",
    "counter-not-given-back",
    "moved-onto-a-full-one",
    "place-kept-after-the-end",
    "signatures-outlive-an-edit",
)


def count(tally: Tally, done: Counter[str]) -> None:
    """Add what one county's walks did."""
    tally.attempts += sum(done.values())
    for name, acts in (
        ("refused", [act for act in done if act.endswith(" refused")]),
        ("certificates", ["sign 3 done"]),
        ("places got", ["book done", "take done", "add done", "accept offer done"]),
        ("sessions stopped", ["stop done"]),
    ):
        tally.figures[name] = int(str(tally.figures.get(name, 0))) + sum(done[act] for act in acts)


def test_whatever_anybody_presses_the_model_agrees(prove, board: Scoreboard) -> None:
    def play(stage: Stage) -> Tally:
        tally = Tally()
        for tried in range(TRIES if stage.fault else 1):
            for county in ("xinmi", "mangshi"):
                done, wrong = walk(make_world(stage.app, county), WALKS, STEPS, board.seed + tried)
                count(tally, done)
                if wrong:
                    tally.violations.append(f"{county}: {wrong}")
                    return tally
        return tally

    says = "a walk of any acts through referral and booking, both counties: lawful by the model or refused, books right"
    prove("I-01 to I-08, I-24", says, play, *FAULTS)

"""Long walks through referral and booking together, in both counties, against a model that knows what is lawful.

The people, the acts and the model are those of tests/integration/walk, where a few walks go with every test run.
"""

import pytest

from tests.integration.walk.machine_places import walk
from tests.integration.walk.world import make_world
from tests.proof.score import Scoreboard, Tally
from tests.proof.stage import Stage

pytestmark = pytest.mark.proof
WALKS, STEPS = 60, 50
FAULTS = (
    "hospital-not-asked",
    "counter-not-given-back",
    "moved-onto-a-full-one",
    "place-kept-after-the-end",
    "signatures-outlive-an-edit",
)


def test_whatever_anybody_presses_the_model_agrees(prove, board: Scoreboard) -> None:
    def play(stage: Stage) -> Tally:
        tally = Tally()
        for county in ("xinmi", "mangshi"):
            done, wrong = walk(make_world(stage.app, county), WALKS, STEPS, board.seed)
            tally.attempts += sum(done.values())
            tally.violations += [f"{county}: {wrong}"] if wrong else []
            if wrong:
                break
            for name, acts in (
                ("refused", [act for act in done if act.endswith(" refused")]),
                ("certificates", ["sign 3 done"]),
                ("places got", ["book done", "take done", "add done", "accept offer done"]),
                ("sessions stopped", ["stop done"]),
            ):
                tally.figures[name] = int(str(tally.figures.get(name, 0))) + sum(done[act] for act in acts)
        return tally

    says = "a walk of any acts through referral and booking, both counties: lawful by the model or refused, books right"
    prove("I-01 to I-08, I-24", says, play, *FAULTS)

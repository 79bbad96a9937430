"""A few walks through referral and booking with every test run; `make prove` goes on much longer (tests/proof)."""

import pytest
from flask import Flask

from tests.integration.walk.machine_places import walk
from tests.integration.walk.world import make_world

WALKS, STEPS, SEED = 12, 40, 2027


@pytest.mark.clause("MS-4.2.2u2", "XM-5.4a", "XM-5.4b", "MS-4.2.1")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_whatever_anybody_presses_the_model_agrees(app: Flask, county: str) -> None:
    tally, wrong = walk(make_world(app, county), WALKS, STEPS, SEED)
    assert wrong is None, wrong
    # A walk that gets nowhere shows nothing.
    assert {"consent done", "sign 3 done", "book done", "book refused", "move done", "cancel done"} <= set(tally), tally

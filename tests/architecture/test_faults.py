"""The bank of seeded faults fits the product as it is now: a fault whose words are gone would be seen by nobody."""

import importlib
from pathlib import Path

import pytest

from tests.proof import bank, broken

ROOT = Path(__file__).parents[2]
FAULTS = broken.FAULTS | bank.FAULTS


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_fault_takes_away_is_there(name: str) -> None:
    for module, attribute, change in FAULTS[name].patches:
        assert change(getattr(importlib.import_module(module), attribute)) is not None


@pytest.mark.parametrize("name", bank.CAUGHT_BY)
def test_the_test_that_sees_it_is_there(name: str) -> None:
    path, _, test = bank.CAUGHT_BY[name][1].partition("::")
    assert f"def {test.partition('[')[0]}(" in (ROOT / path).read_text(encoding="utf-8")

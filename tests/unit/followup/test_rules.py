"""What an answer means: boundaries of danger and of the aims, twice running, what cannot be true."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.alliance.packs.loader import load_pack
from backend.followup.rules import Answer, check_answer, judge

PACKS = {name: load_pack(Path(__file__).parents[3] / "counties" / name) for name in ("xinmi", "mangshi")}
DAY = date(2026, 11, 24)


def protocol(county: str, condition: str):
    found = PACKS[county].followup.protocol(condition, DAY)
    assert found is not None
    return found


def outcome(
    condition: str, age: int = 60, signs: tuple[str, ...] = (), earlier: tuple[str, ...] = (), **measures: float
):
    return judge(protocol("xinmi", condition), Answer(measures, signs), age=age, earlier=earlier)


@pytest.mark.parametrize(
    ("systolic", "diastolic", "age", "expected"),
    [
        (179, 109, 60, "uncontrolled"),
        (180, 80, 60, "danger"),
        (150, 110, 60, "danger"),
        (139, 89, 60, "controlled"),
        (140, 89, 60, "uncontrolled"),
        (139, 90, 60, "uncontrolled"),
        (149, 89, 65, "controlled"),
        (149, 89, 64, "uncontrolled"),
        (150, 89, 65, "uncontrolled"),
    ],
)
def test_pressure_boundaries(systolic: int, diastolic: int, age: int, expected: str) -> None:
    assert outcome("hypertension", age, systolic=systolic, diastolic=diastolic).outcome == expected


@pytest.mark.parametrize(
    ("glucose", "expected"),
    [
        (3.9, "danger"),
        (4.0, "controlled"),
        (6.9, "controlled"),
        (7.0, "uncontrolled"),
        (16.6, "uncontrolled"),
        (16.7, "danger"),
    ],
)
def test_glucose_boundaries(glucose: float, expected: str) -> None:
    assert outcome("diabetes", glucose_fasting=glucose).outcome == expected


def test_a_danger_sign_alone_is_danger() -> None:
    found = outcome("hypertension", signs=("chest-tightness",), systolic=130, diastolic=80)
    assert found.outcome == "danger"
    assert found.danger_signs == ("chest-tightness",)
    assert found.next_days == 14


def test_twice_running_means_refer_and_a_good_visit_between_does_not() -> None:
    bad = {"systolic": 165, "diastolic": 95}
    assert not outcome("hypertension", **bad).refer
    assert outcome("hypertension", earlier=("uncontrolled",), **bad).refer
    assert outcome("hypertension", earlier=("adverse_reaction",), **bad).refer
    assert not outcome("hypertension", earlier=("controlled", "uncontrolled"), **bad).refer


@pytest.mark.parametrize("county", PACKS)
def test_what_cannot_be_true_is_said_all_at_once(county: str) -> None:
    answer = Answer({"systolic": 80, "diastolic": 175, "weight": 900, "moon": 1}, ("nonsense",), {"salt": "咸死了"})
    rules = {v.rule for v in check_answer(protocol(county, "hypertension"), answer, by_patient=True)}
    assert {"FU-SWAPPED", "FU-IMPOSSIBLE", "FU-UNKNOWN", "FU-SIGN", "FU-CHOICE", "FU-MISSING"} <= rules


def test_a_patient_is_not_asked_what_only_a_clinician_can_know() -> None:
    answer = Answer({"glucose_fasting": 6.0}, (), {"hypoglycaemia": "没有", "adherence": "按时吃", "reaction": False})
    assert check_answer(protocol("xinmi", "diabetes"), answer, by_patient=True) == []
    missing = [v.pointer for v in check_answer(protocol("xinmi", "diabetes"), answer, by_patient=False)]
    assert "/fields/foot_pulse" in missing


@given(systolic=st.integers(60, 280), diastolic=st.integers(30, 180), age=st.integers(18, 100))
@settings(max_examples=300, deadline=None)
def test_every_possible_pressure_has_one_verdict_and_a_next_day(systolic: int, diastolic: int, age: int) -> None:
    found = outcome("hypertension", age, systolic=systolic, diastolic=diastolic)
    assert found.dangerous == (systolic >= 180 or diastolic >= 110)
    assert 1 <= found.next_days <= 90

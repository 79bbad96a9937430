"""Every rule of long prescriptions, without a database."""

from dataclasses import replace
from datetime import date

import pytest

from backend.kernel.rules import decide
from backend.kernel.sources import HOUSE
from backend.prescriptions.rules import (
    DISPENSE_RULES,
    ISSUE_RULES,
    PICKUP_RULES,
    REVIEW_RULES,
    DispenseFacts,
    IssueFacts,
    PickupFacts,
    ReviewFacts,
)
from backend.prescriptions.states import PRESCRIPTIONS, Issue, PrescriptionAction, PrescriptionStatus

GOOD = IssueFacts(
    may_write=True,
    condition_name="高血压",
    listed=True,
    on_file=True,
    needs_contract=True,
    has_contract=True,
    own_team=True,
    issue=Issue.FIRST,
    not_met=(),
    note_written=True,
    examined=True,
    issuer_fits=True,
    issuer_text="",
    days=28,
    disease_days=84,
    carry_days=0,
    educated=False,
    confirmation_chosen=False,
    excluded=(),
    unknown_drugs=(),
    not_stocked=(),
    institution_name="袁庄乡卫生院",
    pending=None,
    frozen=None,
    readings_fresh=False,
    reading_days=30,
    goal_missed=(),
    pickup_place=True,
)
LONGER = {"educated": True, "confirmation_chosen": True}


def broken(**changed: object) -> set[str]:
    found = decide(ISSUE_RULES, replace(GOOD, **changed), lambda _code: HOUSE)
    assert all(one.text and one.instead for one in found)
    return {one.rule.removeprefix("prescriptions.") for one in found}


def test_nothing_is_wrong_with_the_plain_case() -> None:
    assert broken() == set()
    assert broken(days=84, **LONGER) == set()
    assert broken(needs_contract=False, has_contract=False, own_team=False) == set()


@pytest.mark.clause("MS-5.2b")
@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"may_write": False}, {"may_write"}),
        ({"listed": False}, {"chronic_required"}),
        ({"on_file": False}, {"chronic_required"}),
        ({"has_contract": False, "own_team": False}, {"contract_required"}),
        ({"own_team": False}, {"contract_doctor"}),
        ({"not_met": ("用药还没有稳定",)}, {"eligibility"}),
        ({"note_written": False}, {"first_assessment"}),
        ({"examined": False}, {"examine_in_person"}),
        ({"issuer_fits": False, "issuer_text": "要主治医师"}, {"issuer"}),
        ({"days": 29}, {"over_four_weeks"}),
        ({"days": 29, "educated": True}, {"over_four_weeks"}),
        ({"days": 29, **LONGER, "note_written": False}, {"over_four_weeks", "first_assessment"}),
        ({"days": 85, **LONGER}, {"max_days", "disease_days"}),
        ({"days": 90, "disease_days": 90, **LONGER}, {"max_days"}),
        ({"days": 57, "disease_days": 56, **LONGER}, {"disease_days"}),
        ({"days": 28, "carry_days": 57}, {"max_days"}),
        ({"excluded": ("艾司唑仑片（精神药品）",)}, {"excluded_class"}),
        ({"unknown_drugs": ("x",)}, {"unknown_drug"}),
        ({"not_stocked": ("利伐沙班",)}, {"filing"}),
        ({"pending": "病人 3 月 1 日开的"}, {"one_open"}),
        ({"frozen": "住院了"}, {"stopped"}),
        ({"issue": Issue.RENEWAL}, {"last_reading"}),
        ({"issue": Issue.RENEWAL, "readings_fresh": True, "goal_missed": ("收缩压 150",)}, {"goal_reached"}),
        ({"pickup_place": False}, {"pickup_place"}),
    ],
)
def test_each_rule_says_no(changed: dict[str, object], rules: set[str]) -> None:
    assert broken(**changed) == rules


def test_the_cap_is_eighty_four_days_in_hand_and_not_three_months() -> None:
    for days, carry, fine in ((84, 0, True), (85, 0, False), (90, 0, False), (56, 28, True), (57, 28, False)):
        assert ("max_days" not in broken(days=days, carry_days=carry, **LONGER)) is fine


def test_a_renewal_needs_a_reading_but_no_second_history() -> None:
    assert broken(issue=Issue.RENEWAL, readings_fresh=True, note_written=False) == set()


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        (ReviewFacts(28, confirmed=False, own=False), set()),
        (ReviewFacts(29, confirmed=False, own=False), {"prescriptions.over_four_weeks"}),
        (ReviewFacts(84, confirmed=True, own=False), set()),
        (ReviewFacts(28, confirmed=True, own=True), {"prescriptions.own_review"}),
    ],
)
def test_the_pharmacists_look(facts: ReviewFacts, rules: set[str]) -> None:
    assert {one.rule for one in decide(REVIEW_RULES, facts, lambda _code: HOUSE)} == rules


def test_nothing_is_prepared_before_the_window() -> None:
    for day, fine in ((date(2026, 3, 1), False), (date(2026, 3, 2), True), (date(2026, 3, 9), True)):
        assert (decide(DISPENSE_RULES, DispenseFacts(day, date(2026, 3, 2)), lambda _code: HOUSE) == ()) is fine


OTHER = PickupFacts(
    by_other=True,
    other_allowed=True,
    patient_digits_match=True,
    collector_complete=True,
    knows_patient=True,
    signed=True,
)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({}, None),
        ({"other_allowed": False}, "pickup_by_other"),
        ({"patient_digits_match": False}, "pickup_papers"),
        ({"collector_complete": False}, "pickup_papers"),
        ({"collector_complete": False, "by_other": False}, None),
        ({"knows_patient": False}, "pickup_knows"),
        ({"knows_patient": False, "by_other": False}, None),
        ({"signed": False}, "pickup_signed"),
        ({"by_other": False, "patient_digits_match": False}, "pickup_papers"),
    ],
)
def test_who_may_carry_the_drugs_away(changed: dict[str, bool], rule: str | None) -> None:
    found = decide(PICKUP_RULES, replace(OTHER, **changed), lambda _code: HOUSE)
    assert [one.rule for one in found] == ([f"prescriptions.{rule}"] if rule else [])


def test_a_frozen_one_moves_only_by_a_doctor() -> None:
    moves = {action: move for (status, action), move in PRESCRIPTIONS.moves.items() if status == "frozen"}
    assert set(moves) == {PrescriptionAction.RESUME, PrescriptionAction.GO_ON, PrescriptionAction.STOP}
    assert all("pharmacist" not in move.who and "system" not in move.who for move in moves.values())
    assert not [key for key in PRESCRIPTIONS.moves if key[0] == PrescriptionStatus.STOPPED]

"""A reason that frees from the rules speaks of this disease, this house, this emergency. MS-4.2.2u1, MS-4.2.2u3."""

from typing import Any

import pytest

from tests.integration.referrals.rig import Cast, nothing_foreign, rules

INSTITUTE = {"xinmi": "zz-infectious", "mangshi": "dh-infectious"}
FAR = {"xinmi": "ha-people", "mangshi": "yn-first"}
SOURCE = {
    "xinmi": {"referral.institute_by_law": "S-indications", "referral.skip_reason_fits": "S-skip-reasons"},
    "mangshi": {"referral.institute_by_law": "MS-4.2.2u3", "referral.skip_reason_fits": "MS-4.2.2u1"},
}
FRACTURE: dict[str, Any] = {
    "diagnosis_code": "S52",
    "diagnosis_text": "前臂骨折",
    "standard": None,
    "article": None,
    "to_department": None,
}
TUBERCULOSIS: dict[str, Any] = {
    "diagnosis_code": "A15",
    "diagnosis_text": "耐药肺结核",
    "standard": "tuberculosis-up",
    "article": 1,
    "to_department": None,
    "indication": "institute",
}


def refused(cast: Cast, **changes: Any) -> Any:
    answer = cast.submit(cast.draft(**changes)["id"])
    nothing_foreign(cast, answer)
    return answer


def words(answer: Any, rule: str) -> str:
    return next(one["text"] for one in answer.json["violations"] if one["rule"] == rule)


@pytest.mark.clause("MS-4.2.2u3")
def test_a_broken_arm_is_no_disease_that_the_law_sends_elsewhere(cast: Cast) -> None:
    answer = refused(cast, **FRACTURE, indication="institute", to_institution=FAR[cast.county])
    broken = rules(answer)
    assert broken["referral.institute_by_law"] == SOURCE[cast.county]["referral.institute_by_law"]
    assert "referral.skip_reason_required" in broken, "it frees from nothing"
    assert "不是法律要求" in words(answer, "referral.institute_by_law")


@pytest.mark.clause("MS-4.2.2u3")
def test_the_law_names_the_house_too(cast: Cast) -> None:
    right = cast.draft(**TUBERCULOSIS, to_institution=INSTITUTE[cast.county], category="stay")
    assert right["problems"] == [], "on the way to the designated house nobody else is asked"
    answer = refused(cast, **TUBERCULOSIS, to_institution=FAR[cast.county])
    assert "referral.institute_by_law" in rules(answer)
    name = next(one["name"] for one in right["offered"] if one["code"] == INSTITUTE[cast.county])
    assert name in words(answer, "referral.institute_by_law")


@pytest.mark.clause("MS-4.2.2u1")
@pytest.mark.parametrize("reason", ["emergency", "institute-by-law"])
def test_a_reason_that_speaks_of_something_else_is_none(cast: Cast, reason: str) -> None:
    answer = refused(
        cast, **FRACTURE, indication="limited", to_institution=FAR[cast.county], category="stay", skip_reason=reason
    )
    broken = rules(answer)
    assert broken["referral.skip_reason_fits"] == SOURCE[cast.county]["referral.skip_reason_fits"]
    assert "对不上" in words(answer, "referral.skip_reason_fits")


@pytest.mark.clause("MS-4.2.2u1")
def test_in_an_emergency_it_is_said_and_holds(cast: Cast) -> None:
    made = cast.draft(
        **FRACTURE, indication="critical", to_institution=FAR[cast.county], category="stay", skip_reason="emergency"
    )
    assert made["problems"] == []

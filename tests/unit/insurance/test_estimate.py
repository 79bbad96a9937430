"""The estimate of a stay: whose line it is, what it comes to, and what it never does."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.alliance.packs.loader import load_pack
from backend.insurance.rules import StayFacts, estimate_stay

COUNTIES = Path(__file__).parents[3] / "counties"
PACKS = {name: load_pack(COUNTIES / name) for name in ("xinmi", "mangshi")}
DAY = date(2026, 11, 24)


def facts(**given_: object) -> StayFacts:
    return StayFacts(**({"level": "county", "on": DAY, "age": 68, "from_level": "township"} | given_))  # type: ignore[arg-type]


def codes(county: str, **given_: object) -> list[str]:
    return [line.code for line in estimate_stay(PACKS[county].insurance, facts(**given_)).lines]


@pytest.mark.clause("XM-5.6c")
def test_going_up_after_a_stay_below_only_the_difference_is_due() -> None:
    estimate = estimate_stay(PACKS["xinmi"].insurance, facts(lower_charged_fen=20_000))
    standard = next(line.fen for line in estimate.lines if line.code == "standard")
    assert estimate.deductible_fen == standard - 20_000
    difference = next(line for line in estimate.lines if line.code == "difference")
    assert difference.source == "XM-5.6c"


@pytest.mark.clause("XM-5.6c")
def test_coming_down_to_a_bed_nothing_is_due_below() -> None:
    estimate = estimate_stay(
        PACKS["xinmi"].insurance, facts(level="township", from_level="county", direction="down", category="bed")
    )
    assert estimate.deductible_fen == 0
    assert next(line for line in estimate.lines if line.code == "waiver").source == "XM-5.6c"


@pytest.mark.clause("XM-5.6c")
def test_an_outpatient_referral_says_that_neither_applies() -> None:
    estimate = estimate_stay(PACKS["xinmi"].insurance, facts(category="outpatient"))
    assert not estimate.applies
    assert "看门诊" in estimate.lines[0].text


def test_mangshi_has_no_difference_rule_and_never_quotes_xinmi() -> None:
    estimate = estimate_stay(PACKS["mangshi"].insurance, facts(lower_charged_fen=20_000))
    assert "difference" not in [line.code for line in estimate.lines]
    assert not any(line.source.startswith("XM") for line in estimate.lines)


@pytest.mark.clause("MS-4.7a")
def test_the_nearer_level_costs_less_and_pays_more() -> None:
    section = PACKS["mangshi"].insurance
    near = estimate_stay(section, facts(level="township", from_level=None))
    far = estimate_stay(section, facts(level="province", from_level=None))
    assert near.deductible_fen < far.deductible_fen
    assert near.fund_pays(1_000_000) > far.fund_pays(1_000_000)


@pytest.mark.clause("MS-4.2.3e")
def test_without_a_certificate_the_benefit_changes_and_says_so() -> None:
    with_it = estimate_stay(PACKS["mangshi"].insurance, facts())
    without = estimate_stay(PACKS["mangshi"].insurance, facts(with_certificate=False))
    assert without.fund_pays(2_000_000) < with_it.fund_pays(2_000_000)
    assert "without_certificate" in [line.code for line in without.lines]


@pytest.mark.parametrize("county", PACKS)
@pytest.mark.parametrize(
    ("given_", "code"), [({"insurance": "employee"}, "employee"), ({"insurance": "none"}, "not_insured")]
)
def test_other_insurance_is_told_plainly(county: str, given_: dict[str, object], code: str) -> None:
    assert codes(county, **given_) == [code]


@pytest.mark.parametrize("county", PACKS)
@given(
    bill=st.integers(0, 50_000_000),
    more=st.integers(0, 5_000_000),
    level=st.sampled_from(["township", "county", "province"]),
    age=st.integers(0, 100),
    certificate=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_money_is_never_negative_never_above_the_bill_and_grows_with_it(
    county: str, bill: int, more: int, level: str, age: int, certificate: bool
) -> None:
    estimate = estimate_stay(
        PACKS[county].insurance, facts(level=level, age=age, with_certificate=certificate, from_level=None)
    )
    paid = estimate.fund_pays(bill)
    assert 0 <= paid <= bill
    assert paid <= estimate.fund_pays(bill + more)
    whole = estimate.fund_pays(bill + more)  # splitting a bill never pays more, but for the yearly cap on the whole
    assert paid + estimate.fund_pays(more) <= whole + 2 or whole == estimate.year_cap_fen

"""Signing rules and key groups, without a database."""

from dataclasses import replace
from datetime import date

import pytest

from backend.contracts.rules import SIGN_RULES, GroupRule, SignFacts, groups_of
from backend.contracts.states import CONTRACTS, ContractAction, ContractStatus, SignedBy
from backend.kernel.errors import Conflict, Forbidden
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import decide
from backend.kernel.sources import HOUSE

GOOD = SignFacts(
    who="王桂兰",
    signed_by=SignedBy.SELF,
    has_signature=True,
    needs_guardian=False,
    guardian_named=False,
    alive=True,
    months_here=None,
    residence_months=6,
    package_name="基本包",
    package_groups=frozenset(),
    resident_groups=frozenset(),
    group_names="",
    same_household=True,
    household_allowed=True,
    team_open=True,
    taken=0,
    cap=2000,
    asked_elsewhere=None,
    same_team=False,
    switching=False,
    switch_free=False,
    switches=0,
    switches_allowed=1,
    months_with_team=0,
    switch_after_months=0,
    switch_text="一年可以换一次",
)


def broken(**changed: object) -> set[str]:
    found = decide(SIGN_RULES, replace(GOOD, **changed), lambda _code: HOUSE)
    assert all(one.text and one.instead for one in found)
    return {one.rule for one in found}


def test_nothing_is_wrong_with_the_plain_case() -> None:
    assert broken() == set()


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"has_signature": False}, "contracts.signer"),
        ({"needs_guardian": True}, "contracts.signer"),
        ({"needs_guardian": True, "signed_by": SignedBy.OWN_HAND}, "contracts.signer"),
        ({"needs_guardian": True, "signed_by": SignedBy.AUTHORIZED}, "contracts.signer"),
        ({"needs_guardian": True, "signed_by": SignedBy.HELPED}, "contracts.signer"),
        ({"signed_by": SignedBy.GUARDIAN}, "contracts.signer"),
        ({"alive": False}, "contracts.alive"),
        ({"months_here": 5}, "contracts.residence"),
        ({"package_groups": frozenset({"elderly"})}, "contracts.package"),
        ({"same_household": False}, "contracts.household"),
        ({"household_allowed": False}, "contracts.household"),
        ({"team_open": False}, "contracts.team_open"),
        ({"taken": 2000}, "contracts.cap"),
        ({"asked_elsewhere": "甲组"}, "contracts.one_contract"),
        ({"same_team": True}, "contracts.one_contract"),
        ({"switching": True, "switches": 1}, "contracts.switch"),
        ({"switching": True, "switch_after_months": 12, "months_with_team": 11}, "contracts.switch"),
    ],
)
def test_each_rule_refuses_what_it_is_for(changed, rule) -> None:
    assert broken(**changed) == {rule}


@pytest.mark.parametrize(
    "changed",
    [
        {"needs_guardian": True, "signed_by": SignedBy.GUARDIAN},
        {"needs_guardian": True, "signed_by": SignedBy.HELPED, "guardian_named": True},
        {"signed_by": SignedBy.OWN_HAND},
        {"months_here": 6},
        {"taken": 1999},
        {"switching": True, "switches": 1, "switch_free": True},
        {"package_groups": frozenset({"elderly"}), "resident_groups": frozenset({"elderly"})},
    ],
)
def test_each_rule_lets_pass_what_is_right(changed) -> None:
    assert broken(**changed) == set()


GROUPS = (
    GroupRule("elderly", age_from=65),
    GroupRule("children", age_from=0, age_to=6),
    GroupRule("hypertension", condition="hypertension"),
    GroupRule("disabled", listed=True),
)


@pytest.mark.parametrize(
    ("born", "found"),
    [
        (date(1960, 1, 1), {"elderly"}),
        (date(1960, 6, 2), set()),
        (date(1960, 6, 1), {"elderly"}),
        (date(2018, 6, 2), {"children"}),
        (date(2018, 6, 1), set()),
        (date(2025, 6, 1), {"children"}),
    ],
)
def test_age_groups_turn_on_the_birthday(born, found) -> None:
    assert groups_of(GROUPS, born, frozenset(), frozenset(), date(2025, 6, 1)) == found


def test_illness_and_list_make_groups_too() -> None:
    found = groups_of(GROUPS, date(1990, 1, 1), frozenset({"hypertension"}), frozenset({"disabled"}), date(2025, 1, 1))
    assert found == {"hypertension", "disabled"}


def actor(*roles: Role) -> Actor:
    return Actor(county_id="xinmi", account_id=None, roles=frozenset(roles))


def test_no_way_leads_out_of_an_end() -> None:
    everybody = actor(*Role)
    for last in (ContractStatus.ENDED, ContractStatus.DECLINED, ContractStatus.CANCELLED):
        assert CONTRACTS.actions_from(last, everybody) == ()
    with pytest.raises(Conflict):
        CONTRACTS.next(ContractStatus.ACTIVE, ContractAction.ACCEPT, everybody)


def test_a_resident_does_not_accept_for_the_team() -> None:
    with pytest.raises(Forbidden):
        CONTRACTS.next(ContractStatus.REQUESTED, ContractAction.ACCEPT, actor(Role.RESIDENT))

"""The ledger in the database does what the pure rules say, also when many come at once."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from backend.store.db import transaction
from backend.wechat.credits import MOST, Credit, Happening, after
from backend.wechat.gateway import Outcome
from backend.wechat.queries import credit_of, credits_of
from backend.wechat.service import happened, record_send

ACCEPT = Happening.REPORTED_ACCEPT


def _person() -> bytes:
    return secrets.token_bytes(32)


@given(happenings=st.lists(st.sampled_from(Happening), max_size=12), long_term=st.booleans())
@example(happenings=[ACCEPT, ACCEPT, Happening.CONFIRMED_ACCEPT, Happening.SENT], long_term=False)
@example(happenings=[ACCEPT, Happening.SENT, Happening.SENT, Happening.SENT], long_term=False)
@example(happenings=[ACCEPT, Happening.SENT, Happening.NO_CREDIT, ACCEPT], long_term=True)
@example(happenings=[Happening.CONFIRMED_ACCEPT, ACCEPT, Happening.SENT], long_term=False)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_database_and_pure_rules_agree(context: None, happenings: list[Happening], long_term: bool) -> None:
    person, expected = _person(), Credit(long_term=long_term)
    # A row is made by the first acceptance, reported or pushed; before it nothing can change.
    begun = False
    with transaction() as current:
        for happening in happenings:
            begun = begun or happening in (ACCEPT, Happening.CONFIRMED_ACCEPT)
            if begun:
                expected = after(expected, happening)
            happened(current, "xinmi", person, "T", happening, long_term=long_term)
        found = credit_of(current, "xinmi", person, "T")
    assert found == (expected if begun else Credit())


def test_counties_and_templates_do_not_meet(context: None) -> None:
    person = _person()
    with transaction() as current:
        happened(current, "xinmi", person, "A", ACCEPT)
        happened(current, "xinmi", person, "B", ACCEPT)
        happened(current, "mangshi", person, "A", ACCEPT)
        happened(current, "mangshi", person, "A", Happening.NO_CREDIT)
    with transaction() as current:
        assert {key: one.remaining for key, one in credits_of(current, "xinmi", person).items()} == {"A": 1, "B": 1}
        assert {key: one.remaining for key, one in credits_of(current, "mangshi", person).items()} == {"A": 0}


@pytest.mark.parametrize(
    ("outcome", "left"),
    [
        (Outcome.SENT, 1),
        (Outcome.NO_CREDIT, 0),
        (Outcome.UNKNOWN, 2),
        (Outcome.RETRY_LATER, 2),
        (Outcome.REJECTED, 2),
    ],
)
def test_only_sent_and_no_credit_change_the_ledger(context: None, outcome: Outcome, left: int) -> None:
    person = _person()
    with transaction() as current:
        happened(current, "xinmi", person, "T", ACCEPT)
        happened(current, "xinmi", person, "T", ACCEPT)
        record_send(current, "xinmi", person, "T", outcome)
        assert credit_of(current, "xinmi", person, "T").remaining == left


def test_nothing_is_lost_when_many_come_at_once(app: Flask) -> None:
    person = _person()

    def once(number: int) -> None:
        with app.app_context(), transaction() as current:
            happened(current, "xinmi", person, "T", ACCEPT if number % 3 else Happening.CONFIRMED_ACCEPT)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(once, range(60)))
    with app.app_context(), transaction() as current:
        assert credit_of(current, "xinmi", person, "T").remaining == 40


def test_belief_has_a_ceiling(context: None) -> None:
    person = _person()
    with transaction() as current:
        happened(current, "xinmi", person, "T", ACCEPT)
        current.execute(
            text("UPDATE subscribe_credit SET remaining = :most WHERE openid_index = :person"),
            {"most": MOST, "person": person},
        )
        happened(current, "xinmi", person, "T", ACCEPT)
        assert credit_of(current, "xinmi", person, "T").remaining == MOST == after(Credit(MOST), ACCEPT).remaining

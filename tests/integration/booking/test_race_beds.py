"""Beds at the same moment: two clerks, a withdrawal, a discharge, an admission. Never two people, nobody forgotten."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.booking import bed_course, beds, queries_beds
from backend.booking.models_beds import BedRequest
from backend.jobs import relay
from backend.kernel.errors import Conflict
from backend.kernel.roles import Actor, Role
from backend.records import stays
from backend.records.models import Stay
from backend.referrals.events import ReferralEnded
from backend.referrals.models import Referral
from backend.store import events
from backend.store.db import session, transaction
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.beds_rig import ask, asked, empty_wards, fresh_bed, leave, lie, row, status, tasks
from tests.integration.booking.test_race import at_once

CLERK = Actor("xinmi", None, frozenset({Role.DESK_CLERK}), institution=scene.HOSPITAL)


@pytest.fixture(autouse=True)
def empty(app: Flask) -> None:
    empty_wards(app)


def holding(bed_id: UUID, bed: str) -> Callable[[], str]:
    return lambda: beds.hold(CLERK, bed_id, bed, 1).status


def withdrawing(referral: Referral) -> Callable[[], None]:
    return lambda: events.publish(
        ReferralEnded(county_id="xinmi", referral_id=referral.id, resident_id=referral.resident_id, reason="patient")
    )


def promised(bed: str) -> int:
    """How many are promised a bed, or lie in it."""
    live = session().scalar(
        select(func.count()).where(BedRequest.bed == bed, BedRequest.status.in_(["proposed", "held"]))
    )
    return int(live or 0)


@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
def test_two_clerks_and_one_bed_make_one_holder(rush_app: Flask) -> None:
    for _ in range(10):
        bed, people = fresh_bed(), [asked(rush_app, department="neurology") for _ in range(3)]
        answers = at_once(rush_app, [holding(one, bed) for one in people])
        assert [one for one in answers if one == "held"] == ["held"], answers
        lost = [one for one in answers if one != "held"]
        assert {(type(one), one.code) for one in lost} <= {(Conflict, "bed_taken"), (Conflict, "bed_at_once")}, answers
        with rush_app.app_context(), transaction():
            assert promised(bed) == 1
            for one in people:
                assert len(tasks(one)) == (0 if status(one) == "held" else 1), "who lost the race is still asked about"
        empty_wards(rush_app)


def test_two_clerks_on_one_question_make_one_answer(rush_app: Flask) -> None:
    for _ in range(10):
        bed_id = asked(rush_app)
        answers = at_once(rush_app, [holding(bed_id, fresh_bed()), holding(bed_id, fresh_bed())])
        assert sorted(one if isinstance(one, str) else one.code for one in answers) == ["already_answered", "held"]
        empty_wards(rush_app)


def test_the_last_kept_bed_of_a_ward_goes_to_one(rush_app: Flask) -> None:
    with rush_app.app_context(), transaction():
        quota = queries_beds.quota_of("xinmi", scene.HOSPITAL, "pediatrics")
    assert quota is not None
    for _ in range(5):
        people = [asked(rush_app, department="pediatrics") for _ in range(quota.kept_for_referred + 4)]
        acts = [holding(one, fresh_bed()) for one in people]
        for _ in range(len(people)):  # whoever met another hand presses again
            answers = at_once(rush_app, acts)
            acts = [act for act, said in zip(acts, answers, strict=True) if getattr(said, "code", "") == "bed_at_once"]
            if not acts:
                break
        with rush_app.app_context(), transaction():
            places = sorted(row(one).kept_place or 0 for one in people if status(one) == "held")
            assert places == list(range(1, quota.kept_for_referred + 1))
        empty_wards(rush_app)


def test_a_bed_that_is_kept_while_the_referral_is_withdrawn_is_free_again(rush_app: Flask) -> None:
    for _ in range(10):
        bed, (referral, bed_id) = fresh_bed(), ask(rush_app)
        assert bed_id is not None
        answers = at_once(rush_app, [holding(bed_id, bed), withdrawing(referral)])
        assert answers[0] == "held" or answers[0].code == "already_answered", answers
        assert answers[1] is None
        with rush_app.app_context(), transaction():
            assert (status(bed_id), promised(bed), tasks(bed_id)) == ("released", 0, [])


@pytest.mark.clause("XM-5.4b")
def test_a_discharge_and_a_clerk_never_promise_one_bed_twice(rush_app: Flask) -> None:
    for _ in range(6):
        bed = fresh_bed()
        stay = lie(rush_app, bed)
        first, second = asked(rush_app), asked(rush_app)
        leave(rush_app, stay)
        given_on = partial(bed_course.propose, "xinmi", scene.HOSPITAL, "cardiology", bed)
        answers = at_once(rush_app, [holding(second, bed), given_on])
        relay.drain(rush_app)
        with rush_app.app_context(), transaction():
            assert promised(bed) == 1, answers
            assert {status(first), status(second)} in ({"asked", "held"}, {"proposed", "asked"}), answers
            for one in (first, second):
                assert len(tasks(one)) == (0 if status(one) == "held" else 1)
        empty_wards(rush_app)


@pytest.mark.parametrize("first", ["the clerk", "the patient"])
def test_a_promise_and_an_admission_of_one_moment_never_both_stand(rush_app: Flask, first: str) -> None:
    bed, bed_id = fresh_bed(), asked(rush_app)
    admission = arriving(rush_app, bed)
    order = (holding(bed_id, bed), admission) if first == "the clerk" else (admission, holding(bed_id, bed))
    begun, done = threading.Event(), threading.Event()

    def early() -> Any:
        said = order[0]()
        begun.set()
        done.wait(2)  # nobody else can end before this one has: without the lock they do
        return said

    def late() -> Any:
        assert begun.wait(30)
        try:
            return order[1]()
        finally:
            done.set()

    answers = at_once(rush_app, [early, late])
    with rush_app.app_context(), transaction():
        # Nobody is barred from the bed; whoever was promised it is somebody's to ask about again.
        assert (status(bed_id), promised(bed), len(tasks(bed_id))) == ("asked", 0, 1), answers
        assert session().scalar(select(func.count()).where(Stay.bed == bed)) == 1


def arriving(app: Flask, bed: str) -> Callable[[], UUID]:
    """Somebody who is about to be admitted to a bed."""
    with app.app_context(), transaction() as current:
        resident_id = factories.make_resident(current).id
    return lambda: stays.admit(CLERK, stays.Admission(resident_id, "cardiology", "not_referred", bed=bed)).id

"""Many people, few places, at the same moment, through real connections. I-01, I-04, I-05 of the guarantees."""

import threading
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from backend.booking import service
from backend.kernel.errors import Conflict, LiandongError, RuleBroken
from backend.kernel.roles import Actor, system_actor
from backend.oversight.invariants import violations
from backend.referrals.models import Referral
from backend.store.db import session, transaction
from backend.web.problems import as_liandong_error
from tests.integration.booking import scene

XINMI = system_actor("xinmi")


def at_once(app: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run every act in its own thread, connection and transaction, all set off together."""
    gate = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        with app.app_context():
            gate.wait(timeout=20)
            try:
                with transaction():
                    answers[place] = acts[place]()
            except Exception as error:  # noqa: BLE001  each thread's answer is looked at below
                answers[place] = as_liandong_error(error) or error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def referrals(app: Flask, count: int, resident_id: UUID | None = None, **values: Any) -> list[Referral]:
    """Referrals that may be booked, each of its own person unless told otherwise."""
    with app.app_context(), transaction() as current:
        return [scene.make_referral(current, resident_id, **values) for _ in range(count)]


def slots(app: Flask, count: int, capacity: int) -> list[UUID]:
    with app.app_context(), transaction() as current:
        return [slot.id for slot in scene.make_slots(current, count, capacity)]


def booking(referral: Referral, slot_id: UUID, actor: Actor = XINMI) -> Any:
    return lambda: service.book(actor, referral, slot_id)


def assert_nothing_drifts(app: Flask) -> None:
    with app.app_context(), transaction() as current:
        assert violations(current, "I-05") == []


@pytest.mark.parametrize(("capacity", "people"), [(5, 10), (1, 8)])
@pytest.mark.clause("XM-5.4b")
def test_forty_slots_are_never_oversold_and_never_undersold(rush_app: Flask, capacity: int, people: int) -> None:
    for slot_id in slots(rush_app, 40, capacity):
        answers = at_once(rush_app, [booking(who, slot_id) for who in referrals(rush_app, people)])
        won = [answer for answer in answers if isinstance(answer, UUID)]
        lost = [answer for answer in answers if not isinstance(answer, UUID)]
        assert len(won) == capacity, answers
        assert {(type(answer), answer.code) for answer in lost} == {(Conflict, "place_full")}
        with rush_app.app_context():
            assert scene.counted(slot_id) == (capacity, capacity)
    assert_nothing_drifts(rush_app)


def test_one_person_pressing_eight_times_has_one_place(rush_app: Flask) -> None:
    for _ in range(10):
        (mine,), places = referrals(rush_app, 1), slots(rush_app, 4, 5)
        acts = [booking(mine, place) for place in places for _ in range(2)]
        answers = at_once(rush_app, acts)
        assert sum(isinstance(answer, UUID) for answer in answers) == 1, answers
        for answer in answers:
            assert isinstance(answer, UUID | LiandongError), answer
        with rush_app.app_context():
            assert sum(scene.counted(place)[0] for place in places) == 1
    assert_nothing_drifts(rush_app)


def test_two_people_swapping_places_never_wait_for_each_other(rush_app: Flask) -> None:
    first, second = referrals(rush_app, 2)
    left, right = slots(rush_app, 2, 2)
    one, two = at_once(rush_app, [booking(first, left), booking(second, right)])

    def swap(which: UUID, to: UUID, version: int) -> Callable[[], None]:
        return lambda: service.move(XINMI, scene.appointment(which), to, version)

    for turn in range(10):
        here, there = (left, right) if turn % 2 == 0 else (right, left)
        assert at_once(rush_app, [swap(one, there, turn + 1), swap(two, here, turn + 1)]) == [None, None]
    with rush_app.app_context():
        assert scene.counted(left) == (1, 1)
        assert scene.counted(right) == (1, 1)


def test_ten_people_moving_to_the_last_place_keep_their_old_ones(rush_app: Flask) -> None:
    for last in slots(rush_app, 4, 1):
        who = referrals(rush_app, 10)
        homes = slots(rush_app, 10, 1)
        made = at_once(rush_app, [booking(w, home) for w, home in zip(who, homes, strict=True)])
        moves = [lambda one=one, last=last: service.move(XINMI, scene.appointment(one), last, 1) for one in made]
        answers = at_once(rush_app, moves)
        assert [getattr(answer, "code", None) for answer in answers].count("place_full") == 9, answers
        with rush_app.app_context():
            assert scene.counted(last) == (1, 1)
            assert sum(scene.counted(home)[1] for home in homes) == 9
    assert_nothing_drifts(rush_app)


def test_a_withdrawal_and_a_booking_at_the_same_moment_leave_no_place_behind(rush_app: Flask) -> None:
    """Whoever is first: in the end no place is held for a referral that was withdrawn."""

    def withdraw(referral: Referral) -> None:
        session().execute(
            text("UPDATE referral SET status = 'withdrawn' WHERE county_id = 'xinmi' AND id = :i"), {"i": referral.id}
        )
        service.give_back(referral.county_id, referral.id)

    for slot_id in slots(rush_app, 20, 1):
        (mine,) = referrals(rush_app, 1)
        answers = at_once(rush_app, [booking(mine, slot_id), lambda mine=mine: withdraw(mine)])
        assert answers[1] is None
        assert isinstance(answers[0], UUID | RuleBroken), answers
        with rush_app.app_context():
            assert scene.counted(slot_id) == (0, 0)
    assert_nothing_drifts(rush_app)

"""What becomes of a bed without an answer: its order, its day, and a bed that is freed, used, lost or given on."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.booking import bed_course, beds, queries_beds
from backend.jobs import relay
from backend.kernel.errors import Conflict
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.referrals.events import ReferralAnswered, ReferralRescheduled
from backend.referrals.models import Referral
from backend.store import events
from backend.store.db import session, transaction
from tests.integration.booking import scene
from tests.integration.booking.beds_rig import (
    ask,
    asked,
    empty_wards,
    fresh_bed,
    in_days,
    leave,
    lie,
    row,
    staff,
    status,
    submitted,
    tasks,
)


@pytest.fixture(autouse=True)
def empty(app: Flask) -> None:
    empty_wards(app)


def kept(app: Flask, bed: str | None = None, **values: Any) -> tuple[Referral, UUID, str]:
    """A referral with a bed that the desk has kept for it."""
    referral, bed_id = ask(app, **values)
    assert bed_id is not None
    clerk, bed = staff(app, Role.DESK_CLERK), bed or fresh_bed()
    with app.app_context(), transaction():
        beds.hold(clerk.actor(), bed_id, bed, 1)
    return referral, bed_id, bed


def change(app: Flask, referral: Referral, **values: Any) -> None:
    """The doctor changes the referral without a new signature."""
    with app.app_context(), transaction():
        standing = session().get_one(Referral, ("xinmi", referral.id))
        for name, value in values.items():
            setattr(standing, name, value)
        session().flush()
        events.publish(
            ReferralRescheduled(county_id="xinmi", referral_id=referral.id, resident_id=referral.resident_id)
        )


def stands(app: Flask, bed_id: UUID) -> tuple[str, str | None, date]:
    with app.app_context(), transaction():
        one = row(bed_id)
        return one.status, one.bed, one.needed_by


@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
def test_who_is_first_goes_by_urgency_and_then_by_time(app: Flask) -> None:
    first, second = asked(app), asked(app)
    emergency = asked(app, emergency=True)
    referral, back = ask(app)
    with app.app_context(), transaction():
        down = scene.make_referral(session(), referral.resident_id, direction="down", status="closed")
        down.from_institution, down.to_institution = scene.HOSPITAL, "th-yuanzhuang"
        standing = session().get_one(Referral, ("xinmi", referral.id))
        standing.back_from_id = down.id
        session().flush()
        submitted(standing)
        order = sorted([first, second, emergency, back], key=lambda one: queries_beds.ahead_of(row(one)))
        assert order == [emergency, back, first, second]
        assert [row(one).priority for one in order] == ["stat", "urgent", "routine", "routine"]
        assert [queries_beds.ahead_of(row(one)) for one in order] == [0, 1, 2, 3]
        (task,) = tasks(emergency)
        assert task.priority == "stat"


@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
def test_a_bed_that_is_left_is_proposed_to_the_first_in_order(app: Flask) -> None:
    bed = fresh_bed()
    stay = lie(app, bed)
    clerk = staff(app, Role.DESK_CLERK)
    routine, later = asked(app), asked(app, wanted_on=None, emergency=True)
    elsewhere = asked(app, department="neurology")
    with app.app_context(), transaction():
        with pytest.raises(Conflict) as caught:
            beds.hold(clerk.actor(), routine, bed, 1)
        assert caught.value.code == "bed_lain_in"
        beds.wait(clerk.actor(), routine, in_days(3), 1)
        beds.wait(clerk.actor(), later, in_days(3), 1)
    leave(app, stay)
    relay.drain(app)
    with app.app_context(), transaction():
        assert [status(one) for one in (later, routine, elsewhere)] == ["proposed", "waiting", "asked"]
        assert row(later).bed == bed
        (task,) = tasks(later)
        assert task.detail["bed"] == bed
        # Proposed is promised: nobody else is given it meanwhile, and the desk's yes keeps it.
        beds.hold(clerk.actor(), later, bed, row(later).version)
        assert (status(later), tasks(later)) == ("held", [])


def test_a_bed_that_is_given_back_goes_on_and_what_the_desk_puts_off_is_not_forced_on_anybody(app: Flask) -> None:
    referral, bed_id, bed = kept(app)
    waiting = asked(app)
    far = asked(app, wanted_on=in_days_of(app, 20), emergency=True)
    clerk = staff(app, Role.DESK_CLERK)
    with app.app_context(), transaction():
        bed_course.release("xinmi", referral.id)
    relay.drain(app)
    assert stands(app, waiting)[:2] == ("proposed", bed)
    assert stands(app, far)[0] == "asked", "a bed does not stand empty for three weeks"
    with app.app_context(), transaction():
        beds.wait(clerk.actor(), waiting, in_days(2), row(waiting).version)
        assert (status(waiting), row(waiting).bed) == ("waiting", None)
    assert stands(app, bed_id)[0] == "released"


def in_days_of(app: Flask, days: int) -> date:
    with app.app_context(), transaction():
        return in_days(days)


def test_another_bed_than_the_proposed_one_lets_that_one_go_on(app: Flask) -> None:
    referral, _, bed = kept(app)
    first, second = asked(app), asked(app)
    clerk, other = staff(app, Role.DESK_CLERK), fresh_bed()
    with app.app_context(), transaction():
        bed_course.release("xinmi", referral.id)
    relay.drain(app)
    with app.app_context(), transaction():
        beds.hold(clerk.actor(), first, other, row(first).version)
    relay.drain(app)
    assert stands(app, second)[:2] == ("proposed", bed)


def test_a_bed_with_another_in_it_or_promised_again_is_proposed_to_nobody(app: Flask) -> None:
    bed = fresh_bed()
    lie(app, bed)
    waiting = asked(app)
    _, _, promised = kept(app)
    with app.app_context(), transaction():
        assert bed_course.propose("xinmi", scene.HOSPITAL, "cardiology", bed) is None
        assert bed_course.propose("xinmi", scene.HOSPITAL, "cardiology", promised) is None
        assert status(waiting) == "asked"


@pytest.mark.clause("XM-5.4b")
def test_another_day_asks_again_for_what_was_kept_and_keeps_it_meanwhile(app: Flask) -> None:
    referral, bed_id, bed = kept(app)
    another = in_days_of(app, 9)
    change(app, referral, wanted_on=another)
    assert stands(app, bed_id) == ("proposed", bed, another)
    with app.app_context(), transaction():
        (task,) = tasks(bed_id)
        assert task.role == "desk_clerk"
    # The same said again moves nothing.
    with app.app_context(), transaction():
        version = row(bed_id).version
    change(app, referral, wanted_on=another)
    with app.app_context(), transaction():
        assert row(bed_id).version == version


def test_another_day_moves_a_question_and_asks_again_about_a_wait(app: Flask) -> None:
    referral, bed_id = ask(app)
    clerk, another, third = staff(app, Role.DESK_CLERK), in_days_of(app, 4), in_days_of(app, 6)
    change(app, referral, wanted_on=another)
    assert bed_id is not None
    assert stands(app, bed_id) == ("asked", None, another)
    with app.app_context(), transaction():
        beds.wait(clerk.actor(), bed_id, third, row(bed_id).version)
    change(app, referral, wanted_on=third)
    assert stands(app, bed_id) == ("asked", None, third)
    with app.app_context(), transaction():
        assert row(bed_id).expected_on is None
        assert len(tasks(bed_id)) == 1


def test_another_ward_gives_the_bed_back_and_asks_there(app: Flask) -> None:
    referral, bed_id, bed = kept(app)
    next_one = asked(app)
    change(app, referral, to_department="neurology")
    with app.app_context(), transaction():
        one = row(bed_id)
        assert (one.status, one.department, one.bed, one.kept_place) == ("asked", "neurology", None, None)
    relay.drain(app)
    assert stands(app, next_one)[:2] == ("proposed", bed)


def test_the_hospitals_yes_for_another_day_moves_the_bed_with_it(app: Flask) -> None:
    referral, bed_id = ask(app)
    another = in_days_of(app, 3)
    with app.app_context(), transaction():
        standing = session().get_one(Referral, ("xinmi", referral.id))
        standing.wanted_on, standing.to_department = another, "neurology"
        session().flush()
        events.publish(
            ReferralAnswered(
                county_id="xinmi",
                referral_id=referral.id,
                resident_id=referral.resident_id,
                institution=scene.HOSPITAL,
                department="neurology",
                accepted=True,
            )
        )
        one = row(bed_id)
        assert (one.needed_by, one.department, one.status) == (another, "neurology", "asked")


def test_after_a_no_another_day_is_a_new_question_and_the_doctors_task_is_done(app: Flask) -> None:
    referral, bed_id = ask(app)
    office, free_on = staff(app, Role.MEDICAL_OFFICE), in_days_of(app, 6)
    with app.app_context(), transaction():
        assert bed_id is not None
        beds.decline(office.actor(), bed_id, "no-bed", 1, free_on=free_on)
        assert len(tasks(referral.id, "booking.no_bed")) == 1
    change(app, referral, wanted_on=free_on)
    with app.app_context(), transaction():
        again = queries_beds.bed_of_referral("xinmi", referral.id)
        assert again is not None
        assert (again.id != bed_id, again.status, again.needed_by) == (True, "asked", free_on)
        assert status(bed_id) == "declined"
        assert tasks(referral.id, "booking.no_bed") == []


@pytest.mark.clause("XM-5.4b")
def test_who_comes_lies_in_the_bed_that_was_kept_or_another_which_frees_it(app: Flask) -> None:
    referral, bed_id, bed = kept(app)
    lie(app, bed.removesuffix(" 床"), referral=referral)
    assert stands(app, bed_id)[:2] == ("used", bed)
    second, second_id, second_bed = kept(app)
    waiting = asked(app)
    lie(app, fresh_bed(), referral=second)
    assert stands(app, second_id)[0] == "used"
    relay.drain(app)
    assert stands(app, waiting)[:2] == ("proposed", second_bed)


def test_nobody_is_barred_from_a_bed_and_whoever_was_promised_it_is_asked_about_at_once(app: Flask) -> None:
    referral, bed_id, bed = kept(app)
    lie(app, bed)
    with app.app_context(), transaction():
        one = row(bed_id)
        assert (one.status, one.bed, one.kept_place) == ("asked", None, None)
        assert len(tasks(bed_id)) == 1
    relay.drain(app)
    with app.app_context(), transaction():
        rows = session().scalars(
            select(Notice).where(Notice.focus_id == referral.id, Notice.dedupe_key.contains("bed:"))
        )
        assert {one.practitioner_id is None for one in rows} == {True, False}

"""A bed is asked for with the referral and answered by people: kept by name, promised for a day, passed on, or none."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.booking import bed_course, beds, queries_beds, sweeping
from backend.jobs import relay
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleBroken, Stale
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.referrals.events import ReferralAnswered, ReferralEnded
from backend.referrals.models import Referral
from backend.store import clock, events
from backend.store.db import session, transaction
from backend.web.problems import as_liandong_error
from backend.worklist.service import escalate_overdue
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.booking.beds_rig import (
    HOSPITALS,
    ask,
    asked,
    empty_wards,
    fresh_bed,
    in_days,
    row,
    staff,
    status,
    submitted,
    tasks,
)


@pytest.fixture(autouse=True)
def empty(app: Flask) -> None:
    empty_wards(app)


def answered(referral: Referral, *, accepted: bool, department: str | None = None) -> None:
    events.publish(
        ReferralAnswered(
            county_id="xinmi",
            referral_id=referral.id,
            resident_id=referral.resident_id,
            institution=scene.HOSPITAL,
            department=department,
            accepted=accepted,
        )
    )


def told(referral: Referral) -> list[tuple[bool, str]]:
    """Who was told of the bed: the patient or the doctor, in what row."""
    rows = session().scalars(select(Notice).where(Notice.focus_id == referral.id, Notice.dedupe_key.contains("bed:")))
    return sorted((one.practitioner_id is not None, one.kind) for one in rows)


@pytest.mark.clause("XM-5.4b")
def test_a_stay_asks_for_a_bed_and_an_outpatient_visit_does_not(app: Flask) -> None:
    assert ask(app, "outpatient")[1] is None
    referral, bed_id = ask(app)
    clerk = staff(app, Role.DESK_CLERK)
    with app.app_context(), transaction():
        kept = queries_beds.free_beds("xinmi", scene.HOSPITAL, "cardiology")
        one = beds.hold(clerk.actor(), bed_id, " １２９８号床 ", 1)
        assert (one.status, one.bed, one.version, one.kept_place) == ("held", "1298 床", 2, 1)
        left = queries_beds.free_beds("xinmi", scene.HOSPITAL, "cardiology")
        assert kept is not None
        assert left == (kept[0] - 1, kept[1])
        with pytest.raises(Conflict):
            beds.hold(clerk.actor(), bed_id, fresh_bed(), 2)
        bed_course.use("xinmi", referral.id)
        assert status(bed_id) == "used"


@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_a_question_is_the_desks_task_and_climbs_and_is_never_dropped(app: Flask, county: str) -> None:
    bed_id = asked(app, county=county)
    with app.app_context(), transaction() as current:
        (task,) = tasks(bed_id)
        assert (task.role, task.institution) == ("desk_clerk", HOSPITALS[county])
        assert task.resident_id is None, "whose it is the house learns with the consent"
        # 120 minutes of working time: a task asked in the morning is due in the morning.
        assert task.due_at - clock.now(current) >= timedelta(minutes=120)
        task.due_at = clock.now(current) - timedelta(minutes=1)
        current.flush()
        escalate_overdue(current, county)
        (task,) = tasks(bed_id)
        assert (task.role, task.institution) == ("medical_office", HOSPITALS[county])
        assert status(bed_id, county) == "asked"


def test_whatever_nobody_has_on_the_list_comes_back_to_it(app: Flask) -> None:
    bed_id = asked(app)
    with app.app_context(), transaction() as current:
        for one in tasks(bed_id):
            one.status = "done"
        current.flush()
        assert sweeping.ask_for_beds(current, "xinmi") >= 1
        assert len(tasks(bed_id)) == 1
        sweeping.ask_for_beds(current, "xinmi")
        assert len(tasks(bed_id)) == 1


def test_asked_twice_is_one_question(app: Flask) -> None:
    referral, bed_id = ask(app)
    with app.app_context(), transaction():
        submitted(referral)
        again = queries_beds.bed_of_referral("xinmi", referral.id)
        assert again is not None
        assert again.id == bed_id
        assert len(tasks(again.id)) == 1


@pytest.mark.clause("MS-4.1a")
def test_a_clerk_turns_nobody_away(app: Flask) -> None:
    bed_id = asked(app)
    clerk, office = staff(app, Role.DESK_CLERK), staff(app, Role.MEDICAL_OFFICE)
    with app.app_context(), transaction():
        with pytest.raises(RuleBroken) as caught:
            beds.decline(clerk.actor(), bed_id, "no-bed", 1, free_on=in_days(3))
        (violation,) = caught.value.violations
        assert (violation.rule, violation.source.id) == ("referral.decline_role", "S-receiving")
        with pytest.raises(Forbidden):
            beds.BEDS.next(beds.BedStatus.ASKED, beds.BedAction.DECLINE, clerk.actor())
        beds.pass_on(clerk.actor(), bed_id, 1)
        assert [one.role for one in tasks(bed_id)] == ["medical_office"]
        with pytest.raises(RuleBroken):
            beds.decline(office.actor(), bed_id, "just-so", 2, free_on=in_days(3))


@pytest.mark.parametrize(
    ("reason", "way", "fits"),
    [
        ("no-bed", {}, False),
        ("no-bed", {"day": 4}, True),
        ("no-bed", {"instead": "tcm-hospital"}, True),
        ("no-bed", {"instead": "no-such-house"}, False),
        ("other-department", {"day": 4}, False),
        ("other-department", {"instead": "tcm-hospital"}, False),
        ("other-department", {"instead": "neurology"}, True),
        ("other-department", {"instead": "cardiology"}, False),
        ("not-our-ability", {"instead": "neurology"}, True),
    ],
)
def test_a_no_names_a_day_or_a_way_and_is_the_doctors_to_go_on_with(
    app: Flask, reason: str, way: dict[str, object], fits: bool
) -> None:
    referral, bed_id = ask(app)
    office = staff(app, Role.MEDICAL_OFFICE)
    with app.app_context(), transaction():
        assert bed_id is not None
        given = {"free_on": in_days(way["day"]) if "day" in way else None, "instead": way.get("instead")}
        if not fits:
            with pytest.raises(RuleBroken) as caught:
                beds.decline(office.actor(), bed_id, reason, 1, **given)
            assert [one.rule for one in caught.value.violations] == ["booking.bed_another_way"]
            assert status(bed_id) == "asked"
            return
        beds.decline(office.actor(), bed_id, reason, 1, **given)
        assert status(bed_id) == "declined"
        assert tasks(bed_id) == []
        (task,) = tasks(referral.id, "booking.no_bed")
        assert task.practitioner_id == referral.practitioner_id
        assert task.ladder != []
    relay.drain(app)
    with app.app_context(), transaction():
        assert told(referral) == [(False, "referral_moved"), (True, "referral_moved")]


@pytest.mark.clause("XM-5.4b")
def test_no_bed_till_a_day_is_a_wait_that_is_told_and_asked_about_again(app: Flask) -> None:
    referral, bed_id = ask(app)
    clerk = staff(app, Role.DESK_CLERK)
    with app.app_context(), transaction():
        assert bed_id is not None
        for wrong in (None, in_days(-1), in_days(400)):
            with pytest.raises(Invalid):
                beds.wait(clerk.actor(), bed_id, wrong, 1)
        one = beds.wait(clerk.actor(), bed_id, in_days(5), 1)
        assert (one.status, one.expected_on) == ("waiting", in_days(5))
        (task,) = tasks(bed_id)
        assert task.role == "desk_clerk"
        assert local_day(task.due_at) >= in_days(5)
    relay.drain(app)
    with app.app_context(), transaction():
        assert told(referral) == [(False, "referral_moved"), (True, "referral_moved")]
        kept = beds.hold(clerk.actor(), bed_id, fresh_bed(), 2)
        assert (kept.status, kept.expected_on) == ("held", None)
        assert tasks(bed_id) == []


def test_only_the_hospital_that_was_asked_answers_and_only_as_things_stand(app: Flask) -> None:
    bed_id = asked(app)
    with app.app_context(), transaction():
        elsewhere, here = staff(app, Role.DESK_CLERK, "tcm-hospital"), staff(app, Role.DESK_CLERK)
        with pytest.raises(NotFound):
            beds.hold(elsewhere.actor(), bed_id, fresh_bed(), 1)
        with pytest.raises(Stale):
            beds.hold(here.actor(), bed_id, fresh_bed(), 7)
        with pytest.raises(Invalid):
            beds.hold(here.actor(), bed_id, "  ", 1)
        with pytest.raises(Forbidden):
            beds.hold(staff(app, Role.WARD_DOCTOR).actor(), bed_id, fresh_bed(), 1)


def test_a_kept_bed_goes_back_with_the_referral(app: Flask) -> None:
    referral, bed_id = ask(app)
    clerk = staff(app, Role.DESK_CLERK)
    with app.app_context(), transaction():
        beds.hold(clerk.actor(), bed_id, fresh_bed(), 1)
        events.publish(
            ReferralEnded(
                county_id="xinmi", referral_id=referral.id, resident_id=referral.resident_id, reason="withdrawn"
            )
        )
        assert status(bed_id) == "released"


def test_a_no_of_the_hospital_and_another_hospital_end_the_question(app: Flask) -> None:
    referral, bed_id = ask(app)
    other, other_bed = ask(app)
    with app.app_context(), transaction():
        answered(referral, accepted=False)
        assert (status(bed_id), tasks(row(bed_id).id)) == ("released", [])
        moved = session().get_one(Referral, ("xinmi", other.id))
        moved.to_institution = "tcm-hospital"
        submitted(moved)
        assert status(other_bed) == "released"
        again = queries_beds.bed_of_referral("xinmi", other.id)
        assert again is not None
        assert (again.institution, again.status) == ("tcm-hospital", "asked")
        moved.category = "outpatient"
        submitted(moved)
        assert status(again.id) == "released", "who is no more to lie in needs no bed"


@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
def test_of_the_kept_beds_the_desk_gives_no_more_than_the_county_keeps(app: Flask) -> None:
    quota = queries_beds.quota_of
    clerk, office = staff(app, Role.DESK_CLERK), staff(app, Role.MEDICAL_OFFICE)
    with app.app_context(), transaction():
        kept = quota("xinmi", scene.HOSPITAL, "orthopedics")
        assert kept is not None
    given = [asked(app, department="orthopedics") for _ in range(kept.kept_for_referred)]
    last = asked(app, department="orthopedics")
    with app.app_context(), transaction():
        places = [beds.hold(clerk.actor(), one, fresh_bed(), 1).kept_place for one in given]
        assert places == list(range(1, kept.kept_for_referred + 1))
        with pytest.raises(RuleBroken) as caught:
            beds.hold(clerk.actor(), last, fresh_bed(), 1)
        (violation,) = caught.value.violations
        assert (violation.rule, violation.source.id) == ("booking.bed_kept", "XM-5.4b")
        assert "医务科" in violation.instead
        beyond = beds.hold(office.actor(), last, fresh_bed(), 1)
        assert (beyond.status, beyond.kept_place) == ("held", None)
        bed_course.release("xinmi", row(given[0]).referral_id)
        again = asked(app, department="orthopedics")
    with app.app_context(), transaction():
        assert beds.hold(clerk.actor(), again, fresh_bed(), 1).kept_place == 1


def test_one_bed_is_one_persons_however_it_is_typed(app: Flask) -> None:
    first, second = asked(app), asked(app)
    clerk, name = staff(app, Role.DESK_CLERK), fresh_bed()
    number = name.removesuffix(" 床")
    with app.app_context(), transaction():
        beds.hold(clerk.actor(), first, name, 1)
    for typed in (name, number, f"{number}号", f" {number}号床"):
        taken = clerk_holds(app, clerk, second, typed)
        assert taken == "bed_taken", typed
    # In another ward the same number is another bed.
    third = asked(app, department="neurology")
    assert clerk_holds(app, clerk, third, name) == "held"


def clerk_holds(app: Flask, clerk: Person, bed_id: UUID, bed: str) -> str:
    try:
        with app.app_context(), transaction():
            return beds.hold(clerk.actor(), bed_id, bed, row(bed_id).version).status
    except Exception as error:  # noqa: BLE001  what a person would read
        found = as_liandong_error(error)
        assert found is not None
        return found.code

"""A bed is asked for with the referral and answered by people: kept by name, passed on, or none for a reason."""

from uuid import UUID

import pytest
from flask import Flask

from backend.booking import beds, queries
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleBroken, Stale
from backend.kernel.roles import Role
from backend.referrals.events import ReferralAnswered, ReferralEnded, ReferralSubmitted
from backend.referrals.models import Referral
from backend.store import clock, events
from backend.store.db import session, transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene


def ask(app: Flask, category: str = "stay", **values: object) -> tuple[Referral, UUID | None]:
    with app.app_context(), transaction() as current:
        referral = scene.make_referral(current, answer="asked", **values)
        referral.category = category
        current.flush()
        submitted(referral)
        bed = queries.bed_of_referral("xinmi", referral.id)
        return referral, bed.id if bed else None


def submitted(referral: Referral, to: str = scene.HOSPITAL) -> None:
    events.publish(
        ReferralSubmitted(
            county_id="xinmi",
            referral_id=referral.id,
            resident_id=referral.resident_id,
            from_institution="th-yuanzhuang",
            to_institution=to,
            direction="up",
        )
    )


def staff(app: Flask, role: Role, institution: str = scene.HOSPITAL) -> Person:
    return factories.staff_person(app, institution, role)[0]


def status(bed_id: UUID | None) -> str:
    row = session().get(beds.BedRequest, ("xinmi", bed_id), populate_existing=True)
    assert row is not None
    return row.status


@pytest.mark.clause("XM-5.4b")
def test_a_stay_asks_for_a_bed_and_an_outpatient_visit_does_not(app: Flask) -> None:
    assert ask(app, "outpatient")[1] is None
    referral, bed_id = ask(app)
    clerk = staff(app, Role.DESK_CLERK)
    with app.app_context(), transaction():
        row = beds.hold(clerk.actor(), bed_id, " 12 床 ", 1)
        assert (row.status, row.bed, row.version) == ("held", "12 床", 2)
        day = local_day(clock.now())
        left = beds.free_beds("xinmi", scene.HOSPITAL, "cardiology", day)
        assert left is not None
        assert left[0] < left[1]
        with pytest.raises(Conflict):
            beds.hold(clerk.actor(), bed_id, "13 床", 2)
        beds.use("xinmi", referral.id)
        assert status(bed_id) == "used"


def test_asked_twice_is_one_question(app: Flask) -> None:
    referral, bed_id = ask(app)
    with app.app_context(), transaction():
        submitted(referral)
        again = queries.bed_of_referral("xinmi", referral.id)
        assert again is not None
        assert again.id == bed_id


def test_a_clerk_turns_nobody_away(app: Flask) -> None:
    _, bed_id = ask(app)
    clerk, office = staff(app, Role.DESK_CLERK), staff(app, Role.MEDICAL_OFFICE)
    with app.app_context(), transaction():
        with pytest.raises(RuleBroken) as caught:
            beds.decline(clerk.actor(), bed_id, "no-bed", 1)
        (violation,) = caught.value.violations
        assert (violation.rule, violation.source.id) == ("referral.decline_role", "S-receiving")
        with pytest.raises(Forbidden):
            beds.move(clerk.actor(), session().get(beds.BedRequest, ("xinmi", bed_id)), beds.BedAction.DECLINE)
        beds.pass_on(clerk.actor(), bed_id, 1)
        with pytest.raises(RuleBroken):
            beds.decline(office.actor(), bed_id, "just-so", 2)
        beds.decline(office.actor(), bed_id, "no-bed", 2)
        assert status(bed_id) == "declined"


def test_only_the_hospital_that_was_asked_answers_and_only_as_things_stand(app: Flask) -> None:
    _, bed_id = ask(app)
    with app.app_context(), transaction():
        elsewhere, here = staff(app, Role.DESK_CLERK, "tcm-hospital"), staff(app, Role.DESK_CLERK)
        with pytest.raises(NotFound):
            beds.hold(elsewhere.actor(), bed_id, "1 床", 1)
        with pytest.raises(Stale):
            beds.hold(here.actor(), bed_id, "1 床", 7)
        with pytest.raises(Invalid):
            beds.hold(here.actor(), bed_id, "  ", 1)


def test_a_kept_bed_goes_back_with_the_referral(app: Flask) -> None:
    referral, bed_id = ask(app)
    clerk = staff(app, Role.DESK_CLERK)
    with app.app_context(), transaction():
        beds.hold(clerk.actor(), bed_id, "5 床", 1)
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
        events.publish(
            ReferralAnswered(
                county_id="xinmi",
                referral_id=referral.id,
                resident_id=referral.resident_id,
                institution=scene.HOSPITAL,
                department=None,
                accepted=False,
            )
        )
        assert status(bed_id) == "released"
        moved = session().get(Referral, ("xinmi", other.id))
        assert moved is not None
        moved.to_institution = "tcm-hospital"
        submitted(moved, "tcm-hospital")
        assert status(other_bed) == "released"
        again = queries.bed_of_referral("xinmi", other.id)
        assert again is not None
        assert (again.institution, again.status) == ("tcm-hospital", "asked")

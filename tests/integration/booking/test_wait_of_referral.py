"""A wait for a priority place asks what a priority place asks: consent, the hospital's yes, and that very hospital."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text, update

from backend.booking import handlers, sweeping
from backend.kernel.roles import Role
from backend.referrals.events import ReferralSubmitted
from backend.referrals.models import Referral, ReferralConsent
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import broken, make, take
from tests.integration.booking.test_wait_list import entry, wait


def nothing_free(app: Flask, department: str, institution: str = scene.HOSPITAL) -> None:
    with app.app_context(), transaction() as current:
        current.execute(
            text(
                "UPDATE slot SET capacity = taken FROM schedule_session s WHERE s.id = slot.session_id"
                " AND s.department = :d AND s.institution = :i AND slot.pool = 'referral' AND slot.county_id = 'xinmi'"
            ),
            {"d": department, "i": institution},
        )


def referred(app: Flask, department: str, **tracks: str | None) -> tuple[Person, Referral]:
    patient, resident_id = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        return patient, scene.make_referral(current, resident_id, department=department, **tracks)


def freed(app: Flask, department: str, institution: str = scene.HOSPITAL) -> UUID:
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current, 1, department=department, institution=institution)
    with app.app_context(), transaction() as current:
        sweeping.offer_waited_for(current, "xinmi")
    return slot.id


@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
@pytest.mark.parametrize(
    ("tracks", "rule"),
    [
        ({"consent": "asked"}, "booking.consent_required"),
        ({"consent": None}, "booking.consent_required"),
        ({"answer": "asked"}, "booking.answer_required"),
        ({"answer": "declined"}, "booking.answer_required"),
        ({"status": "withdrawn"}, "booking.referral_live"),
        ({"status": "closed"}, "booking.referral_live"),
    ],
)
def test_nobody_waits_in_the_priority_pool_before_the_tracks_are_there(
    app: Flask, tracks: dict[str, str | None], rule: str
) -> None:
    patient, referral = referred(app, "neurology", **tracks)
    nothing_free(app, "neurology")
    assert broken(wait(app, patient, "neurology", referral_id=referral.id)) == rule


def test_a_yes_of_one_hospital_is_no_yes_of_another(app: Flask) -> None:
    patient, referral = referred(app, "neurology")
    nothing_free(app, "neurology")
    nothing_free(app, "neurology", "tcm-hospital")
    elsewhere = wait(app, patient, "neurology", referral_id=referral.id, institution="tcm-hospital")
    assert (elsewhere.status_code, elsewhere.json["code"]) == (422, "other_hospital")
    other = wait(app, patient, "urology", referral_id=referral.id)
    assert (other.status_code, other.json["code"]) == (422, "other_hospital")


def test_a_patient_does_not_say_how_urgent_they_are(app: Flask) -> None:
    patient, referral = referred(app, "neurology")
    nothing_free(app, "neurology")
    assert broken(wait(app, patient, "neurology", referral_id=referral.id, priority="stat")) == "booking.wait_priority"
    made = wait(app, patient, "neurology", referral_id=referral.id)
    assert (made.status_code, made.json["priority"]) == (201, "routine"), made.json


def test_what_no_longer_stands_is_neither_offered_nor_accepted(app: Flask) -> None:
    patient, referral = referred(app, "nephrology")
    nothing_free(app, "nephrology")
    waiting = wait(app, patient, "nephrology", referral_id=referral.id).json["id"]
    freed(app, "nephrology")
    offer = entry(patient, waiting)["offer_id"]
    assert offer is not None
    with app.app_context(), transaction() as current:
        current.execute(
            update(ReferralConsent).where(ReferralConsent.referral_id == referral.id).values(covers_hash="old")
        )
    refused = patient.post(f"/api/v1/appointments/{offer}/accept")
    assert broken(refused) == "booking.consent_required"
    with app.app_context(), transaction() as current:
        current.execute(
            update(ReferralConsent)
            .where(ReferralConsent.referral_id == referral.id)
            .values(covers_hash=referral.content_hash)
        )
    assert patient.post(f"/api/v1/appointments/{offer}/accept").status_code == 200


def test_nothing_is_offered_while_the_patient_is_asked_anew(app: Flask) -> None:
    patient, referral = referred(app, "orthopedics")
    nothing_free(app, "orthopedics")
    waiting = wait(app, patient, "orthopedics", referral_id=referral.id).json["id"]
    with app.app_context(), transaction() as current:
        current.execute(
            update(ReferralConsent).where(ReferralConsent.referral_id == referral.id).values(covers_hash="old")
        )
    slot = freed(app, "orthopedics")
    assert entry(patient, waiting)["status"] == "waiting"
    with app.app_context():
        assert scene.counted(slot) == (0, 0)


def test_who_is_turned_to_another_hospital_waits_at_the_first_no_more(app: Flask) -> None:
    patient, referral = referred(app, "orthopedics")
    nothing_free(app, "orthopedics")
    waiting = wait(app, patient, "orthopedics", referral_id=referral.id).json["id"]
    told = ReferralSubmitted(
        county_id="xinmi",
        referral_id=referral.id,
        resident_id=referral.resident_id,
        from_institution=referral.from_institution,
        to_institution="tcm-hospital",
        direction="up",
    )
    with app.app_context(), transaction() as current:
        current.get_one(Referral, ("xinmi", referral.id)).to_institution = "tcm-hospital"
        handlers.on_referral_submitted(told)
    assert entry(patient, waiting)["status"] == "left"


def test_an_extra_place_for_a_referral_asks_the_same(app: Flask) -> None:
    holder, _ = factories.resident_person(app)
    (slot,) = make(app)
    take(holder, slot, confirm=True)
    clerk, _ = factories.staff_person(app, scene.HOSPITAL, Role.DESK_CLERK)

    def add(referral: Referral):
        body = {"slot_id": slot, "resident_id": referral.resident_id, "reason": "far", "referral_id": referral.id}
        return clerk.post("/api/v1/appointments/overbook", body)

    for tracks, rule in (
        ({"consent": "asked"}, "booking.consent_required"),
        ({"answer": "asked"}, "booking.answer_required"),
    ):
        _, referral = referred(app, "cardiology", **tracks)
        assert broken(add(referral)) == rule
    _, referral = referred(app, "cardiology")
    made = add(referral)
    assert (made.status_code, made.json["status"]) == (201, "booked"), made.json

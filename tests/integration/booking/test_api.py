"""Booking through the public interface: choose, book, change, give back, and every refusal with whose rule it is."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.booking.models import Slot
from backend.jobs import relay
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.referrals.events import ReferralEnded, ReferralSubmitted
from backend.referrals.models import Referral
from backend.store import clock, events
from backend.store.db import session, transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene


@dataclass
class Story:
    """A referral that may be booked, its people, and some places."""

    patient: Person
    doctor: Person
    referral: Referral
    slots: list[Slot]

    @property
    def places(self) -> str:
        return f"/api/v1/referrals/{self.referral.id}/places"

    @property
    def booking(self) -> str:
        return f"/api/v1/referrals/{self.referral.id}/appointment"

    def book(self, who: Person | None = None, slot: int = 0) -> dict:
        answer = (who or self.patient).post(self.booking, {"slot_id": self.slots[slot].id})
        assert answer.status_code == 201, answer.json
        return answer.json


def tell(app: Flask, county_id: str = "xinmi", in_days: float = 3, **referral: object) -> Story:
    hospital = scene.HOSPITAL if county_id == "xinmi" else "people-hospital"
    township = "th-yuanzhuang" if county_id == "xinmi" else "th-fengping"
    doctor, practitioner_id = factories.staff_person(app, township, Role.FAMILY_DOCTOR, county_id=county_id)
    patient, resident_id = factories.resident_person(app, county_id)
    with app.app_context(), transaction() as current:
        made = scene.make_referral(
            current, resident_id, county_id=county_id, to=hospital, practitioner_id=practitioner_id, **referral
        )
        slots = scene.make_slots(current, 3, county_id=county_id, in_days=in_days, institution=hospital)
    return Story(patient, doctor, made, slots)


def notices_about(current: Session, appointment_id: str) -> list[Notice]:
    return list(current.scalars(select(Notice).where(Notice.focus_id == UUID(appointment_id)).order_by(Notice.id)))


@pytest.mark.clause("XM-5.4b")
def test_a_resident_chooses_books_moves_and_gives_back(app: Flask) -> None:
    story = tell(app)
    answer = story.patient.get(story.places)
    assert answer.status_code == 200, answer.json
    offered = [place["slot_id"] for day in answer.json["days"] for place in day["places"]]
    assert {str(slot.id) for slot in story.slots} <= set(offered)
    assert answer.json["institution_name"] == "新密市第一人民医院"

    booked = story.book()
    assert booked["status"] == "booked"
    assert booked["by_doctor"] is False
    assert booked["report_to"] == "门诊楼一层 双向转诊服务台"
    assert "身份证" in booked["bring"]
    assert booked["code_image"] is None  # a rush draws no pictures: the page of the appointment does
    shown = story.patient.get(f"/api/v1/appointments/{booked['id']}").json
    assert shown["code_image"].startswith("data:image/png;base64,")
    assert {**shown, "code_image": None} == booked
    assert sorted(booked["actions"]) == ["cancel", "move"]
    assert story.patient.get(story.places).json["appointment_id"] == booked["id"]

    one = f"/api/v1/appointments/{booked['id']}"
    moved = story.patient.post(f"{one}/move", {"slot_id": story.slots[1].id}, **{"If-Match": '"1"'})
    assert (moved.status_code, moved.json["slot_id"], moved.json["id"]) == (200, str(story.slots[1].id), booked["id"])
    assert story.patient.post(f"{one}/cancel", **{"If-Match": '"1"'}).status_code == 412
    gone = story.patient.post(f"{one}/cancel", **{"If-Match": '"2"'})
    assert (gone.json["status"], gone.json["ended_because"], gone.json["actions"]) == ("cancelled", "self", [])
    with app.app_context():
        assert [scene.counted(slot.id) for slot in story.slots] == [(0, 0)] * 3
    # Undo: the same place again.
    assert story.book(slot=1)["slot_id"] == str(story.slots[1].id)
    assert [row["status"] for row in story.patient.get("/api/v1/appointments").json["items"]] == ["booked", "cancelled"]


def test_the_doctor_books_for_the_patient_who_is_told(app: Flask) -> None:
    story = tell(app)
    booked = story.book(story.doctor)
    assert booked["by_doctor"] is True
    assert story.patient.get(f"/api/v1/appointments/{booked['id']}").json["code"] == booked["code"]
    relay.drain(app)
    with app.app_context(), transaction() as current:
        rows = current.scalars(
            select(Notice).where(Notice.focus_id == UUID(booked["id"])).order_by(Notice.due_at)
        ).all()
        assert [row.kind for row in rows] == ["booking_confirmed", "booking_confirmed"]
        assert rows[1].due_at < story.slots[0].starts_at
        assert rows[0].fallback["practitioner_id"] == str(story.referral.practitioner_id)
    story.doctor.post(f"/api/v1/appointments/{booked['id']}/cancel")
    relay.drain(app)
    with app.app_context(), transaction() as current:
        rows = notices_about(current, booked["id"])
        assert rows[1].status == "cancelled"
        assert rows[2].kind == "booking_changed"


@pytest.mark.parametrize(
    ("county_id", "clause"),
    [
        pytest.param("xinmi", "XM-5.4b", marks=pytest.mark.clause("XM-5.4b")),
        pytest.param("mangshi", "MS-4.2.1", marks=pytest.mark.clause("MS-4.2.1")),
    ],
)
def test_a_refusal_names_the_missing_tracks_and_the_countys_own_rule(app: Flask, county_id: str, clause: str) -> None:
    story = tell(app, county_id, consent="asked", answer="asked")
    for answer in (story.patient.get(story.places), story.patient.post(story.booking, {"slot_id": story.slots[0].id})):
        assert answer.status_code == 422
        rules = {one["rule"]: one for one in answer.json["violations"]}
        assert set(rules) == {"booking.consent_required", "booking.answer_required"}
        assert rules["booking.answer_required"]["source"]["kind"] == "setting"
        assert all(one["instead"] for one in rules.values())
    over = tell(app, county_id, status="withdrawn")
    answer = over.doctor.get(over.places)
    assert [one["source"]["id"] for one in answer.json["violations"]] == [clause]


def test_whose_affair_it_is(app: Flask) -> None:
    story = tell(app)
    stranger, _ = factories.resident_person(app)
    other_doctor, _ = factories.staff_person(app, "th-chaohua", Role.FAMILY_DOCTOR)
    for who in (stranger, other_doctor):
        assert who.get(story.places).status_code == 404
        assert who.post(story.booking, {"slot_id": story.slots[0].id}).status_code == 404
    with app.app_context(), transaction() as current:
        account = factories.make_account(current)
        resident = current.get(factories.Resident, ("xinmi", story.referral.resident_id))
        factories.make_family(current, resident, account)
    daughter = factories.sign_in(app, account, acting_for=story.referral.resident_id)
    booked = story.book(daughter)
    assert booked["by_doctor"] is False
    one = f"/api/v1/appointments/{booked['id']}"
    assert stranger.get(one).status_code == 404
    assert stranger.post(f"{one}/cancel").status_code == 404
    clerk, _ = factories.staff_person(app, scene.HOSPITAL, Role.DESK_CLERK)
    elsewhere, _ = factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)
    assert clerk.get(one).status_code == 200
    assert elsewhere.get(one).status_code == 404


def test_the_same_request_twice_books_once(app: Flask) -> None:
    story = tell(app)
    body = {"slot_id": story.slots[0].id}
    first = story.patient.post(story.booking, body, key="same-key-1")
    again = story.patient.post(story.booking, body, key="same-key-1")
    assert (again.status_code, again.json) == (201, first.json)
    with app.app_context():
        assert scene.counted(story.slots[0].id) == (1, 1)


def test_a_person_who_is_too_late_is_helped_by_the_staff(app: Flask) -> None:
    story = tell(app, in_days=0.2)
    booked = story.book()
    assert booked["actions"] == []
    one = f"/api/v1/appointments/{booked['id']}"
    for act, body in (("cancel", None), ("move", {"slot_id": story.slots[1].id})):
        answer = story.patient.post(f"{one}/{act}", body)
        assert answer.status_code == 422
        (violation,) = answer.json["violations"]
        assert violation["rule"] == "booking.too_late_to_cancel"
        assert violation["source"] == violation["source"] | {"kind": "setting", "sample": True}
        assert "转诊服务台" in violation["instead"]
    assert story.doctor.post(f"{one}/cancel").json["ended_because"] == "doctor"


def test_a_referral_that_ends_gives_its_place_back_in_the_same_transaction(app: Flask) -> None:
    story = tell(app)
    booked = story.book()
    with app.app_context():
        with transaction():
            events.publish(
                ReferralEnded(
                    county_id="xinmi",
                    referral_id=story.referral.id,
                    resident_id=story.referral.resident_id,
                    reason="withdrawn",
                )
            )
            row = scene.appointment(UUID(booked["id"]))
            assert (row.status, row.ended_because) == ("cancelled", "referral_ended")
        assert scene.counted(story.slots[0].id) == (0, 0)


def test_another_hospital_asked_gives_the_first_ones_place_back(app: Flask) -> None:
    story = tell(app)
    story.book()
    with app.app_context():
        with transaction():
            events.publish(
                ReferralSubmitted(
                    county_id="xinmi",
                    referral_id=story.referral.id,
                    resident_id=story.referral.resident_id,
                    from_institution="th-yuanzhuang",
                    to_institution="tcm-hospital",
                    direction="up",
                )
            )
        assert scene.counted(story.slots[0].id) == (0, 0)


def test_the_calendar_file_says_when_and_where_and_nothing_about_the_person(app: Flask) -> None:
    story = tell(app)
    booked = story.book()
    answer = story.patient.get(f"/api/v1/appointments/{booked['id']}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    text = answer.text.replace("\r\n ", "")
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    assert f"DTSTART:{story.slots[0].starts_at:%Y%m%dT%H%M%SZ}" in text
    assert "新密市第一人民医院" in text
    assert booked["person"]["name"] not in text
    assert booked["department_name"] not in text


def test_clock_and_code_are_of_the_countys_desk(app: Flask) -> None:
    story = tell(app)
    booked = story.book()
    with app.app_context(), transaction():
        row = scene.appointment(UUID(booked["id"]))
        assert row.starts_at - clock.now() < timedelta(days=3)
        assert booked["code_text"] == f"liandong:checkin:xinmi:{row.code}"
        assert session().get(Referral, ("xinmi", row.referral_id)) is not None


@pytest.mark.usefixtures("morning")
def test_an_edit_to_another_hospital_gives_the_place_back_through_the_interface(app: Flask) -> None:
    """What was signed is signed again, and nothing stays held where nobody will come."""
    from tests.integration.referrals.rig import PIN, make_cast

    cast = make_cast(app, "xinmi")
    referral = cast.submitted()
    for done in (cast.consent(referral), cast.accept(referral)):
        assert done.status_code == 200, done.json
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current)
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot.id})
    assert booked.status_code == 201, booked.json
    changed = cast.doctor.request(
        "PUT", f"/api/v1/referrals/{referral}", {"to_institution": cast.places.other_hospital, "pin": PIN}
    )
    assert changed.status_code == 200, changed.json
    after = cast.patient.get(f"/api/v1/appointments/{booked.json['id']}").json
    assert (after["status"], after["ended_because"]) == ("cancelled", "referral_ended")

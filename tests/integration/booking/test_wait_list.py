"""The wait list: who is offered a freed place, by when they answer, and who is next. XM-5.4b, MS-4.2.1."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from backend.booking import sweeping
from backend.booking.models import Appointment, Slot, WaitlistEntry
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.store import clock
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import BOTH, HOSPITALS, broken, make, row_of, run_out, take

DEPARTMENT = {"xinmi": "urology", "mangshi": "urology"}


def days(app: Flask) -> tuple[date, date]:
    with app.app_context(), transaction() as current:
        today = local_day(clock.now(current))
    return today, today + timedelta(days=20)


def wait(app: Flask, who: Person, department: str, *, county_id: str = "xinmi", **values: object):
    first, last = days(app)
    given = {"institution": HOSPITALS[county_id], "department": department, "from_on": first, "until_on": last}
    return who.post("/api/v1/waitlist", given | values)


def full(app: Flask, department: str, count: int = 1, *, county_id: str = "xinmi") -> tuple[list[UUID], list[tuple]]:
    """Places of a department that are all taken, with whose they are; the rest of it is full, and nobody waits."""
    slots = make(app, count, county_id=county_id, department=department)
    with app.app_context(), transaction() as current:
        current.execute(
            text(
                "UPDATE slot SET capacity = taken FROM schedule_session s WHERE s.id = slot.session_id"
                " AND s.department = :d AND slot.county_id = :c AND NOT slot.id = ANY(:kept)"
            ),
            {"d": department, "c": county_id, "kept": slots},
        )
        # Whoever waits there from another test would be offered this one's place.
        current.execute(
            text(
                "UPDATE waitlist_entry SET status = 'left', left_because = 'self'"
                " WHERE county_id = :c AND department = :d AND status = 'waiting'"
            ),
            {"d": department, "c": county_id},
        )
    holders = []
    for slot in slots:
        who, _ = factories.resident_person(app, county_id)
        made = take(who, slot, confirm=True)
        assert made.status_code == 201, made.json
        holders.append((who, made.json["id"]))
    return slots, holders


def give_up(holder: tuple[Person, str]) -> None:
    who, appointment = holder
    answer = who.post(f"/api/v1/appointments/{appointment}/cancel")
    assert answer.status_code == 200, answer.json


def entry(who: Person, made: str) -> dict:
    return who.get(f"/api/v1/waitlist/{made}").json


@BOTH
@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
def test_a_freed_place_is_offered_before_anybody_else_can_have_it(app: Flask, county_id: str) -> None:
    (slot,), (holder,) = full(app, "urology", county_id=county_id)
    waiting, _ = factories.resident_person(app, county_id)
    quick, _ = factories.resident_person(app, county_id)
    made = wait(app, waiting, "urology", county_id=county_id)
    assert made.status_code == 201, made.json
    assert (made.json["status"], made.json["ahead"], made.json["actions"]) == ("waiting", 0, ["leave"])
    give_up(holder)
    assert take(quick, slot).json["code"] == "place_full"
    shown = entry(waiting, made.json["id"])
    assert shown["status"] == "offered"
    offer = waiting.get(f"/api/v1/appointments/{shown['offer_id']}").json
    assert (offer["status"], offer["starts_at"]) == ("offered", offer["expected_at"])
    assert sorted(offer["actions"]) == ["accept", "cancel"]
    taken = waiting.post(f"/api/v1/appointments/{shown['offer_id']}/accept")
    assert (taken.status_code, taken.json["status"]) == (200, "booked")
    assert entry(waiting, made.json["id"])["status"] == "served"
    with app.app_context():
        assert scene.counted(slot, county_id) == (1, 1)


def test_waiting_makes_no_sense_while_places_are_free(app: Flask) -> None:
    make(app, department="ophthalmology")
    patient, _ = factories.resident_person(app)
    answer = wait(app, patient, "ophthalmology")
    assert broken(answer) == "booking.wait_free"
    assert answer.json["violations"][0]["source"]["id"] == "S-waitlist"


def test_clinical_priority_goes_before_time_and_only_a_doctor_says_it(app: Flask) -> None:
    (slot,), (holder,) = full(app, "dermatology")
    early, _ = factories.resident_person(app)
    late, late_id = factories.resident_person(app)
    office, _ = factories.staff_person(app, "first-hospital", Role.MEDICAL_OFFICE)
    assert broken(wait(app, late, "dermatology", priority="urgent")) == "booking.wait_priority"
    first = wait(app, early, "dermatology").json
    second = wait(app, office, "dermatology", resident_id=late_id, priority="urgent").json
    assert entry(early, first["id"])["ahead"] == 1
    give_up(holder)
    assert entry(late, second["id"])["status"] == "offered"
    assert entry(early, first["id"])["status"] == "waiting"
    assert slot is not None


def test_an_offer_that_nobody_answers_goes_to_the_next_and_the_first_waits_on_behind(app: Flask) -> None:
    (slot,), (holder,) = full(app, "ent")
    people = [factories.resident_person(app)[0] for _ in range(2)]
    entries = [wait(app, who, "ent").json["id"] for who in people]
    give_up(holder)
    offer = entry(people[0], entries[0])["offer_id"]
    with app.app_context(), transaction() as current:
        run_out(offer)
        assert sweeping.expire_holds(current, "xinmi") >= 1
    late = people[0].post(f"/api/v1/appointments/{offer}/accept")
    assert (late.status_code, late.json["code"]) == (409, "offer_expired")
    first, second = (entry(who, one) for who, one in zip(people, entries, strict=True))
    assert (first["status"], first["missed"]) == ("waiting", 1)
    assert second["status"] == "offered"
    # The second declines: the first is not asked about the same place again, so it is free for all.
    said = people[1].post(f"/api/v1/appointments/{second['offer_id']}/cancel")
    assert (said.status_code, said.json["ended_because"]) == (200, "declined")
    assert [entry(who, one)["status"] for who, one in zip(people, entries, strict=True)] == ["waiting", "waiting"]
    with app.app_context():
        assert scene.counted(slot) == (0, 0)


def test_a_later_place_is_kept_until_the_earlier_one_is_sure(app: Flask) -> None:
    early_slot, late_slot = make(app, 2, department="gastroenterology")
    with app.app_context(), transaction() as current:
        current.execute(
            text(
                "UPDATE slot SET capacity = taken FROM schedule_session s WHERE s.id = slot.session_id"
                " AND s.department = 'gastroenterology' AND slot.county_id = 'xinmi' AND NOT slot.id = ANY(:kept)"
            ),
            {"kept": [early_slot, late_slot]},
        )
    holder, _ = factories.resident_person(app)
    patient, _ = factories.resident_person(app)
    sooner = take(holder, early_slot, confirm=True).json["id"]
    mine = take(patient, late_slot, confirm=True).json
    made = wait(app, patient, "gastroenterology").json
    assert made["appointment_id"] == mine["id"]
    give_up((holder, sooner))
    offer = entry(patient, made["id"])["offer_id"]
    with app.app_context():
        assert [scene.counted(slot)[0] for slot in (early_slot, late_slot)] == [1, 1]
    taken = patient.post(f"/api/v1/appointments/{offer}/accept")
    assert taken.status_code == 200, taken.json
    assert (taken.json["id"], taken.json["slot_id"], taken.json["status"]) == (mine["id"], str(early_slot), "booked")
    with app.app_context():
        assert [scene.counted(slot) for slot in (early_slot, late_slot)] == [(1, 1), (0, 0)]
    with app.app_context(), transaction() as current:
        assert row_of(offer).ended_because == "accepted"
        written = current.scalars(
            select(AuditEvent.to_status).where(AuditEvent.entity_id == UUID(offer)).order_by(AuditEvent.sequence)
        ).all()
        assert written == ["offered", "cancelled"], "how an offer ended is on record too (I-24)"


def test_a_referral_waits_in_its_own_pool_and_its_end_ends_the_wait(app: Flask) -> None:
    with app.app_context(), transaction() as current:
        current.execute(
            text(
                "UPDATE slot SET capacity = taken FROM schedule_session s WHERE s.id = slot.session_id"
                " AND s.department = 'oncology' AND slot.pool = 'referral' AND slot.county_id = 'xinmi'"
            )
        )
    patient, resident_id = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        referral = scene.make_referral(current, resident_id, department="oncology")
    made = wait(app, patient, "oncology", referral_id=referral.id)
    assert made.status_code == 201, made.json
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current, 1, department="oncology")
    with app.app_context(), transaction() as current:
        sweeping.offer_waited_for(current, "xinmi")
    offer = entry(patient, made.json["id"])["offer_id"]
    assert patient.get(f"/api/v1/appointments/{offer}").json["kind"] == "referral_pool"
    from backend.booking import service

    with app.app_context(), transaction():
        service.give_back("xinmi", referral.id)
    shown = entry(patient, made.json["id"])
    assert (shown["status"], shown["left_because"]) == ("left", "referral_ended")
    with app.app_context():
        assert scene.counted(slot.id) == (0, 0)


def test_whom_wechat_does_not_reach_is_phoned(app: Flask) -> None:
    (slot,), (holder,) = full(app, "stomatology")
    old, _ = factories.resident_person(app)
    made = wait(app, old, "stomatology").json
    give_up(holder)
    offer = UUID(entry(old, made["id"])["offer_id"])
    from backend.jobs import relay

    relay.drain(app)
    with app.app_context(), transaction() as current:
        notice = current.scalars(select(Notice).where(Notice.focus_id == offer)).one()
        assert notice.urgent is True
        assert notice.fallback["role"] == "desk_clerk"
        assert notice.fields == {}
    assert slot is not None


def test_a_wait_is_over_with_its_last_day(app: Flask) -> None:
    full(app, "pathology")
    patient, _ = factories.resident_person(app)
    made = wait(app, patient, "pathology").json
    with app.app_context(), transaction() as current:
        current.execute(
            update(WaitlistEntry)
            .where(WaitlistEntry.id == UUID(made["id"]))
            .values(from_on=date(2026, 1, 1), until_on=date(2026, 1, 2))
        )
        sweeping.offer_waited_for(current, "xinmi")
    assert entry(patient, made["id"])["left_because"] == "over"


def test_nobody_is_on_the_list_twice_and_leaving_gives_the_offer_on(app: Flask) -> None:
    (slot,), (holder,) = full(app, "infectious")
    people = [factories.resident_person(app)[0] for _ in range(2)]
    entries = [wait(app, who, "infectious").json["id"] for who in people]
    again = wait(app, people[0], "infectious")
    assert (again.status_code, again.json["code"]) == (409, "already_waiting")
    give_up(holder)
    assert entry(people[0], entries[0])["status"] == "offered"
    assert people[0].post(f"/api/v1/waitlist/{entries[0]}/leave").status_code == 200
    assert entry(people[1], entries[1])["status"] == "offered"
    with app.app_context():
        assert scene.counted(slot) == (1, 1)
    with app.app_context(), transaction() as current:
        assert current.scalars(select(Appointment.wait_id).where(Appointment.slot_id == slot)).all()
        assert current.scalars(select(Slot.taken).where(Slot.id == slot)).one() == 1


def test_a_referral_makes_nobody_urgent_and_a_desk_lists_for_its_own_house(app: Flask) -> None:
    full(app, "neurosurgery")
    with app.app_context(), transaction() as current:
        current.execute(
            text(
                "UPDATE slot SET capacity = taken FROM schedule_session s WHERE s.id = slot.session_id"
                " AND s.department = 'neurosurgery' AND slot.county_id = 'xinmi'"
            )
        )
    patient, resident_id = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        referral = scene.make_referral(current, resident_id, department="neurosurgery")
    asked = wait(app, patient, "neurosurgery", referral_id=referral.id, priority="stat")
    assert broken(asked) == "booking.wait_priority"
    elsewhere, _ = factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)
    assert broken(wait(app, elsewhere, "neurosurgery", resident_id=resident_id)) == "booking.own_house"
    assert wait(app, patient, "neurosurgery", referral_id=referral.id).json["priority"] == "routine"

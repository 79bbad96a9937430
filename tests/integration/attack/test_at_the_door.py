"""What an attacker with the code could do at the door: the wrong place used, a time of another house or department."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text

from backend.booking import wait_list
from backend.booking.models import Appointment, Slot, WaitlistEntry
from backend.kernel.roles import Role, system_actor
from backend.store.db import session, transaction
from tests import factories
from tests.integration.attack.test_kept_by_nobody import DEPARTMENT, awaited, free, meet, nothing_free
from tests.integration.attack.test_lists_left import waits_for
from tests.integration.booking import scene
from tests.integration.booking.test_door import on_today
from tests.integration.booking.test_open_places import take
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_arrivals import paper_of
from tests.integration.referrals.rig import Cast


def test_who_comes_today_for_an_ordinary_place_keeps_the_priority_one_of_a_later_day(app: Flask, cast: Cast) -> None:
    referral = cast.issued(to_department=DEPARTMENT)
    today = take(cast.patient, free(cast, 2, "general"), confirm=True).json
    on_today(app, today["id"])
    later = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 6)})
    assert later.status_code == 201, later.json
    came = cast.clerk.post(
        "/api/v1/arrivals", {"category": "outpatient", "referral_id": referral, "department": DEPARTMENT}
    )
    assert came.status_code == 201, came.json
    states = [cast.patient.get(f"/api/v1/appointments/{one}").json["status"] for one in (today["id"], later.json["id"])]
    nothing_free(cast)
    assert states[0] == "arrived", states


def test_who_comes_with_the_paper_for_one_department_keeps_the_place_in_another(app: Flask, cast: Cast) -> None:
    referral = cast.issued(to_department=DEPARTMENT)
    with app.app_context(), transaction() as current:
        where = {"county_id": cast.county, "institution": cast.places.hospital}
        slot = scene.make_slots(current, department="ophthalmology", in_days=2, pool="general", **where)[0].id
    eye = take(cast.patient, slot, confirm=True)
    assert eye.status_code == 201, eye.json
    on_today(app, eye.json["id"])
    came = cast.clerk.post("/api/v1/arrivals", {"category": "stay", "referral_id": referral, "department": DEPARTMENT})
    assert came.status_code == 201, came.json
    assert cast.patient.get(f"/api/v1/appointments/{eye.json['id']}").json["status"] == "booked"


def test_the_desk_says_no_time_of_another_department_as_this_ones(app: Flask, cast: Cast) -> None:
    referral = cast.issued(to_department=DEPARTMENT)
    with app.app_context(), transaction() as current:
        where = {"county_id": cast.county, "institution": cast.places.hospital}
        slot = scene.make_slots(current, department="ophthalmology", in_days=2, pool="general", **where)[0].id
    eye = take(cast.patient, slot, confirm=True)
    on_today(app, eye.json["id"])
    number, _ = paper_of(app, cast, referral)
    seen = browser_of(app, cast.clerk).post("/desk/arrivals/look", q=number).text
    assert "约的时间" not in seen, seen[seen.index("约的时间") - 50 :][:200]


def test_who_was_seen_before_and_comes_for_an_ordinary_place_uses_it(app: Flask, cast: Cast) -> None:
    referral = cast.issued(to_department=DEPARTMENT)
    first = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": free(cast, 6)}).json
    came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral})
    assert came.status_code == 201
    with app.app_context(), transaction() as current:  # a day ago
        current.execute(
            text("UPDATE appointment SET day = day - 7, starts_at = starts_at - interval '7 days' WHERE id = :i"),
            {"i": UUID(first["id"])},
        )
    second = take(cast.patient, free(cast, 2, "general"), confirm=True)
    assert second.status_code == 201, second.json
    on_today(app, second.json["id"])
    came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral})
    assert came.status_code == 201, came.json
    states = [cast.patient.get(f"/api/v1/appointments/{one['id']}").json["status"] for one in (first, second.json)]
    nothing_free(cast)
    assert states[1] == "arrived", states


def test_the_patient_of_a_stopped_place_who_comes_anyway_keeps_no_offer(app: Flask, cast: Cast) -> None:
    referral = cast.issued(to_department=DEPARTMENT)
    nothing_free(cast)
    slot = free(cast, 4)
    mine = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot})
    assert mine.status_code == 201, mine.json
    other = free(cast, 6)
    chief = factories.staff_person(app, cast.places.hospital, Role.MEDICAL_OFFICE, county_id=cast.county)[0]
    with app.app_context(), transaction() as current:
        on = current.scalar(select(Slot.session_id).where(Slot.id == UUID(slot)))
    assert chief.post(f"/api/v1/schedule-sessions/{on}/stop", {"reason": "ill"}).status_code == 200
    with app.app_context():
        assert scene.counted(UUID(other), cast.county) == (1, 1)
    came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral})
    assert came.status_code == 201, came.json
    with app.app_context():
        left = scene.counted(UUID(other), cast.county)
        rows = [
            (r.status, str(r.id) == mine.json["id"])
            for r in session().scalars(select(Appointment).where(Appointment.referral_id == UUID(referral)))
        ]
    nothing_free(cast)
    assert ("offered", False) not in rows, (rows, left)


def test_an_ordinary_place_is_used_while_an_offer_for_the_referral_stands(app: Flask, cast: Cast) -> None:
    referral = cast.issued(to_department=DEPARTMENT)
    nothing_free(cast)
    slot = free(cast, 4)
    mine = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot})
    assert mine.status_code == 201, mine.json
    free(cast, 6)
    chief = factories.staff_person(app, cast.places.hospital, Role.MEDICAL_OFFICE, county_id=cast.county)[0]
    with app.app_context(), transaction() as current:
        on = current.scalar(select(Slot.session_id).where(Slot.id == UUID(slot)))
    assert chief.post(f"/api/v1/schedule-sessions/{on}/stop", {"reason": "ill"}).status_code == 200
    today = take(cast.patient, free(cast, 2, "general"), confirm=True)
    assert today.status_code == 201, today.json
    on_today(app, today.json["id"])
    came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral})
    assert came.status_code == 201, came.json
    nothing_free(cast)
    assert cast.patient.get(f"/api/v1/appointments/{today.json['id']}").json["status"] == "arrived"


def test_who_leaves_the_list_while_being_registered_is_registered(app: Flask, cast: Cast) -> None:
    referral = awaited(cast)
    nothing_free(cast)
    waits = waits_for(cast, referral)
    assert waits.status_code == 201

    def come():
        answer = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral})
        return answer.status_code, answer.json

    with ThreadPoolExecutor(1) as other:
        with app.app_context(), transaction() as current:
            row = current.get(WaitlistEntry, (cast.county, UUID(waits.json["id"])))
            wait_list.leave(system_actor(cast.county), row, "self")
            came = other.submit(come)
            assert meet(current, came), came.result(20)
        status, said = came.result(30)
    assert status == 201, said

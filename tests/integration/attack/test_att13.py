"""Two offers for one place that somebody has, and one coming that two people told of, of which one is struck."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from backend.booking.models import Appointment, Slot
from backend.jobs import relay
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.referrals.models import Referral
from backend.store.db import session, transaction
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import make, run_out
from tests.integration.booking.test_stops import office, tasks_about
from tests.integration.booking.test_wait_list import entry, full, give_up, wait
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_arrivals import paper_of
from tests.integration.referrals.rig import Cast, rules
from tests.integration.referrals.test_outside import issued, tell, today
from tests.integration.referrals.test_outside_strike import newest, register, strike


def stop_of(app: Flask, slot: UUID) -> str:
    with app.app_context(), transaction() as current:
        return str(current.scalar(select(Slot.session_id).where(Slot.id == slot)))


def test_a_session_is_stopped_also_while_one_of_its_people_is_offered_an_earlier_place(app: Flask) -> None:
    slots, holders = full(app, "orthopedics", 2)
    waiting, mine = holders[1]
    made = wait(app, waiting, "orthopedics")
    assert made.status_code == 201, made.json
    give_up(holders[0])
    earlier = entry(waiting, made.json["id"])["offer_id"]
    assert earlier is not None
    make(app, department="orthopedics", in_days=5)
    answer = office(app).post(f"/api/v1/schedule-sessions/{stop_of(app, slots[1])}/stop", {"reason": "ill"})
    assert (answer.status_code, answer.json) == (200, {"sessions": 1, "people": 1})
    with app.app_context():
        assert tasks_about(mine) == [], "the earlier place is another one to go to"
    assert waiting.post(f"/api/v1/appointments/{earlier}/cancel").status_code == 200
    with app.app_context():
        assert [one.kind for one in tasks_about(mine)] == ["booking.displaced"]


def test_a_place_is_given_up_also_when_who_waits_for_it_has_an_offer_for_a_stopped_session(app: Flask) -> None:
    slots, holders = full(app, "orthopedics", 2)
    waiting, mine = holders[1]
    made = wait(app, waiting, "orthopedics")
    assert made.status_code == 201, made.json
    make(app, department="orthopedics", in_days=6)
    answer = office(app).post(f"/api/v1/schedule-sessions/{stop_of(app, slots[1])}/stop", {"reason": "ill"})
    assert answer.status_code == 200, answer.json
    give_up(holders[0])
    with app.app_context():
        running = session().scalars(
            select(Appointment).where(Appointment.replaces_id == UUID(mine), Appointment.status == "offered")
        )
        assert len(list(running)) == 1


@pytest.mark.parametrize("which", [0, 1])
def test_a_coming_that_another_told_of_too_stays_when_one_is_struck(app: Flask, cast: Cast, which: int) -> None:
    referral = issued(cast)
    told = [newest(tell(cast, referral, came_on=today(app), category="stay")) for _ in range(2)]
    before = cast.patient.get(f"/api/v1/referrals/{referral}/certificate").json["uses_left"]
    done = strike(cast, referral, told[which])
    assert (done.status_code, done.json["status"]) == (200, "arrived"), done.json
    assert len(register(app, referral)) == 1
    with app.app_context():
        assert session().get_one(Referral, (cast.county, UUID(referral))).arrived_at is not None
    assert cast.patient.get(f"/api/v1/referrals/{referral}/certificate").json["uses_left"] == before


@pytest.mark.parametrize("which", [0, 1])
def test_of_two_kinds_on_one_day_the_struck_one_goes(app: Flask, cast: Cast, which: int) -> None:
    referral, kinds = issued(cast), ("outpatient", "stay")
    told = [newest(tell(cast, referral, came_on=today(app), category=kind)) for kind in kinds]
    assert strike(cast, referral, told[which]).json["status"] == "arrived"
    assert [one.category for one in register(app, referral)] == [kinds[1 - which]]
    assert strike(cast, referral, told[1 - which]).json["status"] == "issued"
    assert register(app, referral) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_coming_that_two_told_of_goes_with_the_last_word(app: Flask, cast: Cast, order: tuple[int, int]) -> None:
    referral = issued(cast)
    told = [newest(tell(cast, referral, came_on=today(app), category="stay")) for _ in range(2)]
    assert [strike(cast, referral, told[one]).json["status"] for one in order] == ["arrived", "issued"]
    assert register(app, referral) == []


def test_who_has_died_is_put_on_no_wait_list(app: Flask) -> None:
    asks, dead = factories.resident_person(app, died_on=date(2026, 1, 1))
    full(app, "ent")
    clerk, _ = factories.staff_person(app, "first-hospital", Role.DESK_CLERK)
    for answer in (wait(app, asks, "ent"), wait(app, clerk, "ent", resident_id=str(dead))):
        assert set(rules(answer)) == {"booking.alive"}


def test_the_place_in_the_old_department_goes_with_the_yes_of_the_new_one(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    assert cast.accept(referral).status_code == 200
    with cast.app.app_context(), transaction() as current:
        where = {"county_id": cast.county, "institution": cast.places.hospital}
        old, new = (
            str(scene.make_slots(current, department=one, **where)[0].id) for one in ("cardiology", "neurology")
        )
    path = f"/api/v1/referrals/{referral}/appointment"
    place = cast.patient.post(path, {"slot_id": old}).json["id"]
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"to_department": "neurology"})
    assert changed.status_code == 200, changed.json
    kept = f"/api/v1/appointments/{place}"
    assert cast.patient.get(kept).json["status"] == "booked", "while the hospital is asked it is kept"
    assert cast.accept(referral).status_code == 200
    assert cast.patient.get(kept).json["status"] == "cancelled"
    relay.drain(cast.app)
    with cast.app.app_context():
        told = session().scalars(select(Notice.dedupe_key).where(Notice.focus_id == UUID(place)))
        assert any(":cancelled:" in one for one in told)
    assert cast.patient.post(path, {"slot_id": new}).status_code == 201


def test_nobody_waits_in_a_department_that_is_not_asked_any_more(xinmi: Cast) -> None:
    referral = xinmi.submitted()
    assert xinmi.consent(referral).status_code == 200
    assert xinmi.accept(referral).status_code == 200
    with xinmi.app.app_context(), transaction() as current:
        full_up = "UPDATE slot SET capacity = taken FROM schedule_session s WHERE s.id = slot.session_id"
        current.execute(text(f"{full_up} AND s.department = 'cardiology' AND slot.county_id = 'xinmi'"))
    waits = wait(xinmi.app, xinmi.patient, "cardiology", referral_id=referral)
    assert waits.status_code == 201, waits.json
    changed = xinmi.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"to_department": "neurology"})
    assert changed.status_code == 200, changed.json
    assert entry(xinmi.patient, waits.json["id"])["status"] == "waiting"
    assert xinmi.accept(referral).status_code == 200
    assert entry(xinmi.patient, waits.json["id"])["status"] == "left"


def test_the_paper_of_who_withdrew_tells_the_desk_no_diagnosis(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    number, _ = paper_of(app, cast, referral)
    desk = browser_of(app, cast.clerk)
    before = desk.post("/desk/arrivals/look", q=number).text
    assert "高血压 2 级" in before and "打印证明" in before
    assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    seen = desk.post("/desk/arrivals/look", q=number)
    assert (seen.status_code, "已经作废" in seen.text) == (200, True), "received all the same"
    assert "高血压" not in seen.text
    assert "打印证明" not in seen.text, "the sheet would not open"
    verified = cast.clerk.post("/api/v1/certificates/verify", {"text": number}).json
    assert (verified["state"], verified["diagnosis_text"]) == ("voided", "")


def test_who_answers_an_offer_of_a_stopped_session_too_late_waits_on_no_list(app: Flask) -> None:
    slots, holders = full(app, "orthopedics")
    patient, mine = holders[0]
    make(app, department="orthopedics", in_days=5)
    answer = office(app).post(f"/api/v1/schedule-sessions/{stop_of(app, slots[0])}/stop", {"reason": "ill"})
    assert answer.status_code == 200, answer.json
    offer = patient.get(f"/api/v1/appointments/{mine}").json["offer_id"]
    with app.app_context(), transaction():
        run_out(offer)
    late = patient.post(f"/api/v1/appointments/{offer}/accept")
    assert (late.status_code, late.json["code"]) == (409, "offer_expired")
    assert "候补" not in late.json["title"]
    assert "打电话" in late.json["title"]


def test_the_register_of_who_came_knows_only_departments_of_the_house(cast: Cast) -> None:
    came = {"resident_id": str(cast.patient_id), "category": "outpatient"}
    refused = cast.clerk.post("/api/v1/arrivals", {**came, "department": "nowhere"})
    assert (refused.status_code, refused.json["code"]) == (422, "no_department")
    assert cast.clerk.post("/api/v1/arrivals", {**came, "department": "cardiology"}).status_code == 201

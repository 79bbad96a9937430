"""Places without a referral: hold, confirm, the desk's yes, release, limits, what is given back. XM-5.4b, MS-4.2.1."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from backend.booking import sweeping
from backend.booking.models import Appointment, Slot
from backend.kernel.roles import Role
from backend.store import clock
from backend.store.db import session, transaction
from backend.worklist.models import Task
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.contracts.conftest import make_team, signed

HOSPITALS = {"xinmi": "first-hospital", "mangshi": "people-hospital"}
BOTH = pytest.mark.parametrize("county_id", list(HOSPITALS))


def make(app: Flask, count: int = 1, capacity: int = 1, *, county_id: str = "xinmi", **values: object) -> list[UUID]:
    given = {"pool": "general", "institution": HOSPITALS[county_id]} | values
    with app.app_context(), transaction() as current:
        return [slot.id for slot in scene.make_slots(current, count, capacity, county_id=county_id, **given)]


def take(who: Person, slot_id: UUID, **values: object):
    return who.post("/api/v1/appointments", {"slot_id": slot_id, **values})


def broken(answer) -> str:
    assert answer.status_code == 422, answer.json
    return answer.json["violations"][0]["rule"]


def run_out(appointment_id: str) -> None:
    """Let a hold's minutes be over, for this one only."""
    session().execute(
        update(Appointment)
        .where(Appointment.id == UUID(appointment_id))
        .values(held_until=clock.sql_now() - timedelta(seconds=1))
    )


def row_of(appointment_id: str) -> Appointment:
    return session().scalars(select(Appointment).where(Appointment.id == UUID(appointment_id))).one()


@BOTH
def test_a_place_is_held_for_the_countys_minutes_and_then_sure(app: Flask, county_id: str) -> None:
    patient, _ = factories.resident_person(app, county_id)
    (slot,) = make(app, county_id=county_id)
    held = take(patient, slot)
    assert held.status_code == 201, held.json
    assert held.json["status"] == "held"
    assert held.json["kind_name"] == "普通号"
    assert sorted(held.json["actions"]) == ["cancel", "confirm"]
    minutes = {"xinmi": 10, "mangshi": 15}[county_id]
    with app.app_context(), transaction() as current:
        row = row_of(held.json["id"])
        left = row.held_until - clock.now(current)
        assert timedelta(minutes=minutes - 2) < left <= timedelta(minutes=minutes)
    sure = patient.post(f"/api/v1/appointments/{held.json['id']}/confirm")
    assert (sure.status_code, sure.json["status"], sure.json["held_until"]) == (200, "booked", None)
    again = patient.post(f"/api/v1/appointments/{held.json['id']}/confirm")
    assert (again.status_code, again.json["code"]) == (409, "already_answered")


def test_a_hold_that_ran_out_is_not_sure_any_more_and_its_place_is_free_at_once(app: Flask) -> None:
    first, _ = factories.resident_person(app)
    second, _ = factories.resident_person(app)
    (slot,) = make(app)
    held = take(first, slot).json
    assert take(second, slot).json["code"] == "place_full"
    with app.app_context(), transaction():
        run_out(held["id"])
    late = first.post(f"/api/v1/appointments/{held['id']}/confirm")
    assert (late.status_code, late.json["code"]) == (409, "hold_expired")
    # The next one does not wait for the tick.
    assert take(second, slot).status_code == 201
    gone = first.get(f"/api/v1/appointments/{held['id']}").json
    assert (gone["status"], gone["ended_because"], gone["actions"]) == ("cancelled", "hold_expired", [])
    with app.app_context():
        assert scene.counted(slot) == (1, 1)


def test_the_tick_gives_back_what_ran_out_and_nothing_else(app: Flask) -> None:
    people = [factories.resident_person(app)[0] for _ in range(3)]
    (slot,) = make(app, capacity=3)
    holds = [take(who, slot).json["id"] for who in people]
    assert people[1].post(f"/api/v1/appointments/{holds[1]}/confirm").status_code == 200
    with app.app_context(), transaction() as current:
        run_out(holds[0])
        assert sweeping.expire_holds(current, "xinmi") >= 1
    with app.app_context(), transaction():
        assert [row_of(one).status for one in holds] == ["cancelled", "booked", "held"]
        assert scene.counted(slot) == (2, 2)


@pytest.mark.clause("XM-5.4b")
def test_what_needs_a_hand_waits_for_the_desk_and_never_loses_its_place(app: Flask) -> None:
    patient, _ = factories.resident_person(app)
    clerk, _ = factories.staff_person(app, "first-hospital", Role.DESK_CLERK)
    other_house, _ = factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)
    (slot,) = make(app)
    held = take(patient, slot).json
    with app.app_context(), transaction():
        # A kind that the pack gives to the desk.
        session().execute(
            update(Appointment).where(Appointment.id == UUID(held["id"])).values(kind="unclear_department")
        )
    waiting = patient.post(f"/api/v1/appointments/{held['id']}/confirm").json
    assert (waiting["status"], sorted(waiting["actions"])) == ("pending", ["cancel", "move"])
    assert waiting["confirm_by"] is not None
    with app.app_context(), transaction() as current:
        task = current.scalars(select(Task).where(Task.focus_id == UUID(held["id"]))).one()
        assert (task.kind, task.role, task.institution) == ("booking.confirm", "desk_clerk", "first-hospital")
        assert task.ladder[0]["role"] == "medical_office"
        current.execute(
            text("UPDATE appointment SET confirm_by = liandong_now() - interval '9 days' WHERE id = :i"),
            {"i": held["id"]},
        )
        sweeping.expire_holds(current, "xinmi")
        assert row_of(held["id"]).status == "pending"
    assert patient.post(f"/api/v1/appointments/{held['id']}/grant").status_code == 403
    assert other_house.post(f"/api/v1/appointments/{held['id']}/grant").status_code == 404
    granted = clerk.post(f"/api/v1/appointments/{held['id']}/grant")
    assert (granted.status_code, granted.json["status"]) == (200, "booked")
    with app.app_context(), transaction() as current:
        assert current.scalars(select(Task.status).where(Task.focus_id == UUID(held["id"]))).one() == "done"


@BOTH
def test_places_are_let_go_at_their_hour_and_the_refusal_says_when(app: Flask, county_id: str) -> None:
    patient, _ = factories.resident_person(app, county_id)
    with app.app_context(), transaction() as current:
        soon = clock.now(current) + timedelta(hours=2)
    (slot,) = make(app, county_id=county_id, opens_at=soon)
    answer = take(patient, slot)
    assert broken(answer) == "booking.not_released"
    assert "放号" in answer.json["violations"][0]["text"]
    assert answer.json["violations"][0]["source"]["sample"] is True
    listed = patient.get(f"/api/v1/places?institution={HOSPITALS[county_id]}&department=cardiology").json
    shown = [place for day in listed["days"] for place in day["places"] if place["slot_id"] == str(slot)]
    assert [place["open"] for place in shown] == [False]
    with app.app_context(), transaction() as current:
        current.execute(update(Slot).where(Slot.id == slot).values(opens_at=clock.sql_now()))
    assert take(patient, slot).status_code == 201


def test_the_contract_pool_is_for_people_with_a_family_doctor(app: Flask) -> None:
    stranger, _ = factories.resident_person(app)
    member, _, _ = signed(app, make_team(app))
    # Of a department of few other tests: the list of all places ends somewhere.
    (slot,) = make(app, capacity=2, pool="contract", department="anesthesiology")
    assert broken(take(stranger, slot)) == "booking.contract_pool"
    answer = take(member, slot, confirm=True)
    assert answer.status_code == 201, answer.json
    assert (answer.json["status"], answer.json["kind_name"]) == ("booked", "签约居民号")
    asked = "/api/v1/places?institution=first-hospital&department=anesthesiology"
    pools = {
        who: {p["pool"] for d in who_asks.get(asked).json["days"] for p in d["places"]}
        for who, who_asks in (("member", member), ("stranger", stranger))
    }
    assert "contract" in pools["member"]
    assert pools["stranger"] <= {"general"}


def test_limits_are_a_persons_not_an_accounts(app: Flask) -> None:
    patient, resident_id = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        daughter = factories.make_account(current, resident=factories.make_resident(current))
        from backend.people.models import Resident

        mother = current.get(Resident, ("xinmi", resident_id))
        factories.make_family(current, mother, daughter)
    helping = factories.sign_in(app, daughter, acting_for=resident_id)
    slots = make(app, 5, 2)
    assert take(patient, slots[0], confirm=True).status_code == 201
    assert take(helping, slots[1], confirm=True).status_code == 201
    third = take(patient, slots[2], confirm=True).json
    for who in (patient, helping):
        answer = take(who, slots[3])
        assert broken(answer) == "booking.most_per_person"
        assert "转诊" in answer.json["violations"][0]["instead"]
    assert patient.post(f"/api/v1/appointments/{third['id']}/cancel").status_code == 200
    assert take(patient, slots[3], confirm=True).status_code == 201


def test_a_proxy_takes_only_so_many_places_for_others(app: Flask) -> None:
    with app.app_context(), transaction() as current:
        helper = factories.make_account(current, resident=factories.make_resident(current))
        old = [factories.make_resident(current) for _ in range(3)]
        for one in old:
            factories.make_family(current, one, helper)
    slots = make(app, 6, 5)
    acting = [factories.sign_in(app, helper, acting_for=one.id) for one in old]
    for number in range(5):
        assert take(acting[number // 2], slots[number], confirm=True).status_code == 201
    answer = take(acting[2], slots[5])
    assert broken(answer) == "booking.most_by_proxy"
    # Their own affairs are not a proxy's.
    assert take(factories.sign_in(app, helper), slots[5]).status_code == 201


def test_one_hold_at_a_time_and_the_refusal_says_when_it_ends(app: Flask) -> None:
    patient, _ = factories.resident_person(app)
    first, second = make(app, 2)
    take(patient, first)
    answer = take(patient, second)
    assert broken(answer) == "booking.one_hold"
    assert "自动退回" in answer.json["violations"][0]["instead"]


def test_a_desk_books_for_whoever_stands_there_at_its_own_house_only(app: Flask) -> None:
    _, resident_id = factories.resident_person(app)
    clerk, _ = factories.staff_person(app, "first-hospital", Role.DESK_CLERK)
    elsewhere, _ = factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)
    (slot,) = make(app)
    answer = take(elsewhere, slot, resident_id=resident_id)
    assert broken(answer) == "booking.own_house"
    made = take(clerk, slot, resident_id=resident_id, confirm=True)
    assert (made.status_code, made.json["by_doctor"]) == (201, True)


def test_nobody_books_for_a_stranger_and_the_dead_have_no_place(app: Flask) -> None:
    patient, _ = factories.resident_person(app)
    _, other = factories.resident_person(app)
    (slot,) = make(app)
    assert take(patient, slot, resident_id=other).status_code == 404
    clerk, _ = factories.staff_person(app, "first-hospital", Role.DESK_CLERK)
    with app.app_context(), transaction() as current:
        current.execute(text("UPDATE resident SET died_on = current_date WHERE id = :i"), {"i": other})
    assert broken(take(clerk, slot, resident_id=other)) == "booking.alive"
    with app.app_context():
        assert scene.counted(slot) == (0, 0)


def test_an_open_place_moves_within_its_pool(app: Flask) -> None:
    patient, _ = factories.resident_person(app)
    here, there = make(app, 2)
    (reserved,) = make(app, pool="referral")
    mine = take(patient, here, confirm=True).json
    refused = patient.post(f"/api/v1/appointments/{mine['id']}/move", {"slot_id": reserved})
    assert (refused.status_code, refused.json["code"]) == (404, "no_such_place")
    assert patient.post(f"/api/v1/appointments/{mine['id']}/move", {"slot_id": there}).status_code == 200
    with app.app_context():
        assert [scene.counted(slot) for slot in (here, there, reserved)] == [(0, 0), (1, 1), (0, 0)]


@BOTH
@pytest.mark.clause("XM-5.4b", "MS-4.2.1")
def test_what_referred_patients_do_not_take_goes_to_all_once(app: Flask, county_id: str) -> None:
    house = HOSPITALS[county_id]
    with app.app_context(), transaction() as current:
        due = clock.now(current) - timedelta(minutes=1)
        referral = scene.make_referral(current, county_id=county_id, to=house)
        (kept,) = scene.make_slots(current, 1, 4, county_id=county_id, institution=house, gives_back_at=due)
        kept.taken = 0
        general = Slot(
            county_id=county_id, session_id=kept.session_id, starts_at=kept.starts_at, pool="general", capacity=2
        )
        current.add(general)
        (alone,) = scene.make_slots(current, 1, 3, county_id=county_id, institution=house, gives_back_at=due, in_days=4)
        (later,) = scene.make_slots(
            current, 1, 3, county_id=county_id, institution=house, gives_back_at=due + timedelta(hours=1), in_days=5
        )
        from backend.booking import service
        from backend.kernel.roles import system_actor

        service.book(system_actor(county_id), referral, kept.id)
    with app.app_context(), transaction() as current:
        assert sweeping.give_back(current, county_id) >= 2
    with app.app_context(), transaction() as current:
        assert sweeping.give_back(current, county_id) == 0
        rows = {
            (row.session_id, row.pool): (row.capacity, row.taken, row.given_back)
            for row in current.scalars(
                select(Slot).where(Slot.session_id.in_([kept.session_id, alone.session_id, later.session_id]))
            )
        }
    assert rows[kept.session_id, "referral"] == (1, 1, 3)
    assert rows[kept.session_id, "general"] == (5, 0, 0)
    assert rows[alone.session_id, "referral"] == (0, 0, 3)
    assert rows[alone.session_id, "general"] == (3, 0, 0)
    assert rows[later.session_id, "referral"] == (3, 0, 0)

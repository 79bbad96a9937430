"""Examinations: an order first, the preparation, who does it, the referred patient's discount. XM-5.4b, XM-5.4e."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend.alliance.queries import pack
from backend.booking import examinations
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.kernel.clock import local_day
from backend.kernel.roles import Role, system_actor
from backend.records.models import Stay
from backend.records.models_orders import ExaminationOrder
from backend.store import clock
from backend.store.db import session, transaction
from backend.worklist.models import Task
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import BOTH, HOSPITALS, broken
from tests.integration.booking.test_race import assert_nothing_drifts, at_once
from tests.integration.contracts.conftest import make_team, signed

SAFE = ["contrast-allergy", "kidney", "contrast-consent"]


def patient_and_doctor(app: Flask, county_id: str = "xinmi"):
    township = {"xinmi": "th-yuanzhuang", "mangshi": "th-fengping"}[county_id]
    team = make_team(app, county_id, township)
    person, resident_id, _ = signed(app, team, county_id)
    return person, resident_id, team


def order(doctor: factories.Person, resident_id: UUID, item: str = "ct-contrast", **values: Any):
    given = {"item": item, "reason": "反复头晕三个月", "answers": SAFE}
    return doctor.post(f"/api/v1/residents/{resident_id}/orders", given | values)


def times(app: Flask, item: str = "ct-contrast", capacity: int = 1, *, county_id: str = "xinmi", pool: str = "general"):
    """One fresh time of an examination in so many days."""
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(
            current,
            1,
            capacity,
            county_id=county_id,
            institution=HOSPITALS[county_id],
            department="radiology",
            pool=pool,
        )
        on = current.get(ScheduleSession, (county_id, slot.session_id))
        on.kind, on.item = "examination", item
        return slot.id


def book(who: factories.Person, made: str, slot: UUID):
    return who.post(f"/api/v1/orders/{made}/appointment", {"slot_id": slot})


@BOTH
def test_the_catalogue_says_where_how_to_prepare_and_what_it_costs(app: Flask, county_id: str) -> None:
    patient, _ = factories.resident_person(app, county_id)
    items = {one["code"]: one for one in patient.get("/api/v1/examinations").json["items"]}
    ct = items["ct-contrast"]
    assert HOSPITALS[county_id] in ct["institutions"]
    assert ct["prepare"]
    assert ct["price"]["sample"] is True
    with app.app_context(), transaction():
        discount = pack(county_id).insurance.discount
    off = ct["price"]["full_fen"] * discount.percent_off // 100 if discount else 0
    assert ct["referred_price"]["off_fen"] == off
    assert ct["price"]["off_fen"] == 0


@BOTH
@pytest.mark.clause("XM-5.4b")
def test_with_an_order_a_time_is_asked_for_and_the_desk_says_yes(app: Flask, county_id: str) -> None:
    patient, resident_id, team = patient_and_doctor(app, county_id)
    made = order(team.leader, resident_id)
    assert made.status_code == 201, made.json
    assert (made.json["status"], "reason" in made.json, sorted(made.json["actions"])) == (
        "active",
        True,
        ["book", "revoke"],
    )
    slot = times(app, county_id=county_id)
    listed = patient.get(f"/api/v1/orders/{made.json['id']}/places?institution={HOSPITALS[county_id]}").json
    assert str(slot) in {one["slot_id"] for one in listed["places"]}
    booked = book(patient, made.json["id"], slot)
    assert booked.status_code == 201, booked.json
    assert (booked.json["status"], booked.json["kind_name"]) == ("pending", "检查")
    assert booked.json["prepare"] == made.json["prepare"]
    again = book(patient, made.json["id"], times(app, county_id=county_id))
    assert (again.status_code, again.json["code"]) == (409, "already_booked")
    with app.app_context(), transaction() as current:
        task = current.scalars(select(Task).where(Task.focus_id == UUID(booked.json["id"]))).one()
        assert (task.kind, task.institution) == ("booking.confirm", HOSPITALS[county_id])
    clerk, _ = factories.staff_person(app, HOSPITALS[county_id], Role.DESK_CLERK, county_id=county_id)
    assert clerk.post(f"/api/v1/appointments/{booked.json['id']}/grant").json["status"] == "booked"
    assert clerk.post(f"/api/v1/appointments/{booked.json['id']}/check-in").json["queue_number"] == 1
    assert patient.get(f"/api/v1/orders/{made.json['id']}").json["status"] == "done"


@pytest.mark.parametrize(
    "lack",
    [{"consent": None, "answer": None}, {"consent": "withdrawn"}, {"answer": "declined"}, {"to": "tcm-hospital"}],
)
def test_a_kept_time_needs_the_patients_and_that_hospitals_yes(app: Flask, lack: dict[str, Any]) -> None:
    _, resident_id, team = patient_and_doctor(app)
    with app.app_context(), transaction() as current:
        referral = scene.make_referral(current, resident_id, practitioner_id=team.leader_id, **lack)
    made = order(team.leader, resident_id, referral_id=referral.id).json
    kept = times(app, pool="referral")
    refused = book(team.leader, made["id"], kept)
    assert (refused.status_code, refused.json["code"]) == (409, "for_referred")
    shown = team.leader.get(f"/api/v1/orders/{made['id']}/places?institution={HOSPITALS['xinmi']}").json
    assert str(kept) not in {one["slot_id"] for one in shown["places"]}


def test_without_an_order_there_is_no_examination(app: Flask) -> None:
    patient, _ = factories.resident_person(app)
    slot = times(app)
    answer = patient.post("/api/v1/appointments", {"slot_id": slot})
    assert (answer.status_code, answer.json["code"]) == (404, "no_such_place")


def test_an_order_that_ran_out_is_offered_to_nobody(app: Flask) -> None:
    patient, resident_id, team = patient_and_doctor(app)
    made = order(team.leader, resident_id).json["id"]
    with app.app_context(), transaction() as current:
        row = current.get(ExaminationOrder, ("xinmi", UUID(made)))
        row.until_on = local_day(clock.now()) - timedelta(days=1)
    assert "book" not in patient.get(f"/api/v1/orders/{made}").json["actions"]


def test_the_day_of_an_examination_says_first_how_to_prepare(app: Flask) -> None:
    patient, resident_id, team = patient_and_doctor(app)
    made = order(team.leader, resident_id, "gastroscopy", answers=["blood-thinner"]).json["id"]
    slot = times(app, "gastroscopy")
    with app.app_context(), transaction() as current:
        at = clock.now() + timedelta(hours=1)
        row = current.get(Slot, ("xinmi", slot))
        on = current.get(ScheduleSession, ("xinmi", row.session_id))
        row.starts_at, on.starts_at, on.ends_at = at, at, at + timedelta(hours=2)
        on.day = local_day(at)
    booked = book(patient, made, slot).json["id"]
    clerk, _ = factories.staff_person(app, HOSPITALS["xinmi"], Role.DESK_CLERK)
    clerk.post(f"/api/v1/appointments/{booked}/grant")
    following = patient.get("/api/v1/home").json["next"]
    assert following["title"].endswith("去做胃镜")
    assert "不吃东西" in following["text"]
    assert "身份证" not in following["text"]


def test_an_order_asks_what_makes_it_safe(app: Flask) -> None:
    _, resident_id, team = patient_and_doctor(app)
    refused = order(team.leader, resident_id, answers=["kidney"])
    assert broken(refused) == "orders.questions"
    assert "造影剂过敏" in refused.json["violations"][0]["text"]
    assert broken(order(team.leader, resident_id, "no-such")) == "orders.known_item"
    assert order(team.leader, resident_id).status_code == 201
    twice = order(team.leader, resident_id)
    assert (twice.status_code, twice.json["code"]) == (409, "already_ordered")
    stranger, _ = factories.staff_person(app, "th-chaohua", Role.FAMILY_DOCTOR)
    assert order(stranger, resident_id).status_code == 404


@pytest.mark.parametrize(
    ("county_id", "clause"),
    [
        pytest.param("xinmi", "XM-5.4e", marks=pytest.mark.clause("XM-5.4e")),
        pytest.param("mangshi", "MS-3", marks=pytest.mark.clause("MS-3")),
    ],
)
def test_beyond_what_a_house_may_do_is_flagged_with_who_may(app: Flask, county_id: str, clause: str) -> None:
    patient, resident_id, team = patient_and_doctor(app, county_id)
    made = order(team.leader, resident_id).json["id"]
    township = {"xinmi": "th-chaohua", "mangshi": "th-fengping"}[county_id]
    refused = patient.get(f"/api/v1/orders/{made}/places?institution={township}")
    assert broken(refused) == "booking.out_of_scope"
    said = refused.json["violations"][0]
    assert said["source"]["id"] == clause
    with app.app_context(), transaction():
        assert pack(county_id).institutions.institution(HOSPITALS[county_id]).short_name in said["instead"]


@pytest.mark.clause("XM-5.4b")
def test_a_referred_patient_has_kept_times_and_pays_less(app: Flask) -> None:
    patient, resident_id, team = patient_and_doctor(app)
    with app.app_context(), transaction() as current:
        referral = scene.make_referral(current, resident_id, practitioner_id=team.leader_id)
    kept = times(app, pool="referral")
    plain = order(team.leader, resident_id, "gastroscopy", answers=["blood-thinner"]).json
    assert plain["price"]["off_fen"] == 0
    made = order(team.leader, resident_id, referral_id=referral.id).json
    assert (made["price"]["off_fen"], made["price"]["pay_fen"]) == (4_500, 40_500)
    assert made["price"]["source"] == "转上来的优先预约、优先住院、优惠检查"
    booked = book(patient, made["id"], kept).json
    shown = patient.get(f"/api/v1/appointments/{booked['id']}").json
    assert (shown["price"]["pay_fen"], shown["price"]["sample"]) == (40_500, True)
    paper = team.leader.get(f"/api/v1/appointments/{booked['id']}/slip.pdf")
    assert (paper.status_code, paper.data[:4]) == (200, b"%PDF")
    # Somebody without a referral does not get a kept time.
    other, other_id, other_team = patient_and_doctor(app)
    theirs = order(other_team.leader, other_id).json
    refused = book(other, theirs["id"], times(app, pool="referral"))
    assert (refused.status_code, refused.json["code"]) == (409, "for_referred")


def test_an_order_taken_back_gives_its_time_back(app: Flask) -> None:
    patient, resident_id, team = patient_and_doctor(app)
    made = order(team.leader, resident_id).json
    slot = times(app)
    booked = book(patient, made["id"], slot).json
    assert patient.post(f"/api/v1/orders/{made['id']}/revoke").status_code == 403
    assert team.leader.post(f"/api/v1/orders/{made['id']}/revoke").json["status"] == "revoked"
    with app.app_context(), transaction() as current:
        row = current.get(Appointment, ("xinmi", UUID(booked["id"])))
        assert (row.status, row.ended_because) == ("cancelled", "order_revoked")
        assert scene.counted(slot) == (0, 0)
    assert broken(book(patient, made["id"], slot)) == "booking.order_live"


@pytest.mark.clause("XM-5.6f")
def test_an_examination_during_a_stay_below_names_the_stay(app: Flask) -> None:
    _, resident_id, team = patient_and_doctor(app)
    refused = order(team.leader, resident_id, in_stay=True)
    assert broken(refused) == "orders.own_stay"
    assert refused.json["violations"][0]["source"]["id"] == "XM-5.6f"
    with app.app_context(), transaction() as current:
        stay = Stay(
            county_id="xinmi",
            resident_id=resident_id,
            institution="th-yuanzhuang",
            department="general_practice",
            came_as="not_referred",
            practitioner_id=team.leader_id,
        )
        current.add(stay)
        current.flush()
        stay_id = stay.id
    made = order(team.leader, resident_id, in_stay=True).json
    assert made["in_stay"] is True
    with app.app_context(), transaction() as current:
        assert current.get(ExaminationOrder, ("xinmi", UUID(made["id"]))).stay_id == stay_id


def test_two_examinations_on_one_day_spare_a_way_and_each_keeps_its_kind(app: Flask) -> None:
    patient, resident_id, team = patient_and_doctor(app)
    first, second = times(app), times(app, "gastroscopy")
    ct = order(team.leader, resident_id).json["id"]
    scope = order(team.leader, resident_id, "gastroscopy", answers=["blood-thinner"]).json["id"]
    one = book(patient, ct, first).json
    assert book(patient, scope, second).status_code == 201
    moved = patient.post(f"/api/v1/appointments/{one['id']}/move", {"slot_id": times(app, "gastroscopy")})
    assert (moved.status_code, moved.json["code"]) == (404, "no_such_place")
    moved = patient.post(f"/api/v1/appointments/{one['id']}/move", {"slot_id": times(app)})
    assert (moved.status_code, moved.json["status"]) == (200, "pending")


def test_eight_patients_and_one_time(rush_app: Flask) -> None:
    for _ in range(6):
        slot = times(rush_app)
        with rush_app.app_context(), transaction() as current:
            doctor = factories.make_practitioner(current, "th-yuanzhuang", Role.FAMILY_DOCTOR)
            made = [
                ExaminationOrder(
                    county_id="xinmi",
                    resident_id=factories.make_resident(current).id,
                    practitioner_id=doctor.id,
                    institution="th-yuanzhuang",
                    item="ct-contrast",
                    until_on=local_day(clock.now(current)) + timedelta(days=5),
                )
                for _ in range(8)
            ]
            current.add_all(made)
            current.flush()

        def act(one: ExaminationOrder, slot: UUID = slot) -> Any:
            return lambda: examinations.book(system_actor("xinmi"), session().merge(one, load=False), slot)

        answers = at_once(rush_app, [act(one) for one in made])
        assert sum(isinstance(answer, UUID) for answer in answers) == 1, answers
        assert {getattr(answer, "code", "won") for answer in answers} == {"won", "place_full"}
        with rush_app.app_context(), transaction() as current:
            assert scene.counted(slot) == (1, 1)
            assert current.scalars(select(Slot.taken).where(Slot.id == slot)).one() == 1
    assert_nothing_drifts(rush_app)

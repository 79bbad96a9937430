"""The week of places at the desk, and what may become of a session: stopped, left, added to; bookings moved, ended."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.store import clock
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from tests import factories
from tests.integration.booking.test_open_places import BOTH, HOSPITALS, make, row_of, take
from tests.integration.booking.test_stops import clinic, offer_for, tasks_about
from tests.integration.desk.browser import Browser, browser_of


def desk(app: Flask, county_id: str = "xinmi", *roles: Role) -> Browser:
    given = roles or (Role.DESK_CLERK,)
    return browser_of(app, factories.staff_person(app, HOSPITALS[county_id], *given, county_id=county_id)[0])


def booked(app: Flask, slot: UUID, county_id: str = "xinmi") -> str:
    made = take(factories.resident_person(app, county_id)[0], slot, confirm=True)
    assert made.status_code == 201, made.json
    return made.json["id"]


def name_of(app: Flask, appointment: str) -> str:
    with app.app_context(), transaction() as current:
        row = row_of(appointment)
        return current.get_one(Resident, (row.county_id, row.resident_id)).name


@BOTH
def test_the_week_shows_each_pool_what_went_back_and_what_is_let_go(app: Flask, county_id: str) -> None:
    with app.app_context(), transaction() as current:
        later = clock.now(current) + timedelta(days=1)
    session_id, slots = clinic(app, "pathology", 2, in_days=2, county_id=county_id, given_back=3)
    with app.app_context(), transaction() as current:
        current.execute(update(Slot).where(Slot.id == slots[1]).values(opens_at=later))
    booked(app, slots[0], county_id)
    page = desk(app, county_id).text("/desk/places")
    chip = page[page.index(f"/desk/places/{session_id}") :].split("</a>")[0]
    assert "普 1/2" in " ".join(chip.split())
    assert "还回 6" in chip
    assert "放号" in chip


def test_a_stop_says_beforehand_what_it_does_and_then_does_that(app: Flask) -> None:
    stopped, times = clinic(app, "dermatology", 3)
    _, (other,) = clinic(app, "dermatology", in_days=6.5)
    with app.app_context(), transaction() as current:
        # Nothing else of this department is free: one can be offered, the other is phoned.
        rest = select(ScheduleSession.id).where(ScheduleSession.department == "dermatology")
        current.execute(
            update(Slot).where(Slot.session_id.in_(rest), Slot.id.not_in([*times, other])).values(capacity=Slot.taken)
        )
    sure = [booked(app, slot) for slot in times[:2]]
    take(factories.resident_person(app)[0], times[2])
    clerk = desk(app)
    before = " ".join(clerk.text(f"/desk/places/{stopped}").split())
    assert "影响 2 位" in before
    assert "1 位：附近有号" in before
    assert "1 位：附近没有合适的号" in before
    assert "1 个还没确认的占号" in before
    refused = clerk.post(f"/desk/places/{stopped}/stop", reason="")
    assert (refused.status_code, "停诊要写明原因" in refused.text, "样例" in refused.text) == (422, True, True)
    done = clerk.post(f"/desk/places/{stopped}/stop", reason="ill")
    assert done.status_code == 200, done.text
    assert "停诊" in done.text
    with app.app_context(), transaction():
        assert [bool(offer_for(one)) for one in sure] == [True, False]
        assert [len(tasks_about(one)) for one in sure] == [0, 1]
    again = clerk.post(f"/desk/places/{stopped}/stop", reason="ill")
    assert (again.status_code, "已经停了" in again.text) == (409, True)


@BOTH
def test_a_leave_stops_the_doctors_sessions_and_offers_none_of_them(app: Flask, county_id: str) -> None:
    house = HOSPITALS[county_id]
    _, doctor = factories.staff_person(app, house, Role.SPECIALIST, county_id=county_id)
    first, (one,) = clinic(app, "blood", in_days=5, county_id=county_id)
    second, (two,) = clinic(app, "blood", in_days=6, county_id=county_id)
    with app.app_context(), transaction() as current:
        mine = ScheduleSession.id.in_([first, second])
        current.execute(update(ScheduleSession).where(mine).values(practitioner_id=doctor))
        days = [local_day(clock.now(current)) + timedelta(days=number) for number in (4, 7)]
    sure = booked(app, one, county_id)
    clerk = desk(app, county_id)
    given = {"from_on": days[0].isoformat(), "until_on": days[1].isoformat()}
    query = "&".join(f"{name}={value}" for name, value in given.items())
    foreseen = clerk.text(f"/desk/places/{first}/leave?{query}", part=True)
    assert "停 2 个门诊" in foreseen
    assert "1 位：附近没有合适的号" in foreseen, "the doctor's own other day is no other time"
    done = clerk.post(f"/desk/places/{first}/leave", reason="training", **given)
    assert done.status_code == 200, done.text
    with app.app_context(), transaction() as current:
        assert current.scalar(select(func.count()).where(mine, ScheduleSession.stopped_at.is_not(None))) == 2
        assert offer_for(sure) is None
        assert [task.kind for task in tasks_about(sure)] == ["booking.displaced"]
        assert current.get_one(Slot, (county_id, two)).taken == 0


def test_a_session_without_a_doctor_has_no_leave(app: Flask) -> None:
    session_id, _ = clinic(app, "ent")
    refused = desk(app).post(f"/desk/places/{session_id}/leave", reason="ill")
    assert (refused.status_code, "没有写是哪位医生" in refused.text) == (409, True)


@BOTH
def test_a_place_is_added_with_a_reason_that_everybody_sees(app: Flask, county_id: str) -> None:
    (slot,) = make(app, county_id=county_id)
    with app.app_context(), transaction() as current:
        on = current.scalars(select(Slot.session_id).where(Slot.id == slot)).one()
    clerk = desk(app, county_id)
    assert "还有号没约满" in clerk.text(f"/desk/places/{on}")
    booked(app, slot, county_id)
    _, resident_id = factories.resident_person(app, county_id)
    with app.app_context(), transaction() as current:
        resident = current.get_one(Resident, (county_id, resident_id))
        papers, name = resident.record_number, resident.name
    found = clerk.post("/desk/overbook/who", session_id=str(on), q=papers)
    assert name in found.text
    form = {"slot_id": str(slot), "resident_id": str(resident_id)}
    refused = clerk.post("/desk/overbook", **form, reason="")
    assert (refused.status_code, "加号要写明原因" in refused.text) == (422, True)
    done = clerk.post("/desk/overbook", **form, reason="far")
    assert done.status_code == 200, done.text
    assert "路远，人已经来了" in done.text
    page = clerk.text(f"/desk/places/{on}")
    assert "加号" in page
    assert name in page
    with app.app_context(), transaction() as current:
        trace = select(AuditEvent.detail).where(
            AuditEvent.action == "appointment.overbook", AuditEvent.resident_id == resident_id
        )
        assert current.scalars(trace).one()["reason"] == "far"


def test_a_place_is_moved_or_the_old_one_stays(app: Flask) -> None:
    first, second, third = make(app, 3, department="urology")
    mine, full = booked(app, first), booked(app, third)
    clerk = desk(app)
    assert full
    assert str(second) in clerk.text(f"/desk/bookings/{mine}", part=True)
    refused = clerk.post(f"/desk/bookings/{mine}/move", slot_id=str(third), version="2")
    assert (refused.status_code, "原来的号还给您留着" in refused.text) == (409, True)
    assert clerk.post(f"/desk/bookings/{mine}/move", slot_id="", version="2").status_code == 422
    done = clerk.post(f"/desk/bookings/{mine}/move", slot_id=str(second), version="2")
    assert done.status_code == 200, done.text
    stale = clerk.post(f"/desk/bookings/{mine}/move", slot_id=str(first), version="2")
    assert (stale.status_code, "刚被改过" in stale.text) == (412, True)
    with app.app_context(), transaction():
        assert row_of(mine).slot_id == second


@BOTH
def test_a_place_ended_at_the_desk_says_why_to_the_patient(app: Flask, county_id: str) -> None:
    (slot,) = make(app, county_id=county_id)
    patient, _ = factories.resident_person(app, county_id)
    mine = take(patient, slot, confirm=True).json["id"]
    clerk = desk(app, county_id)
    refused = clerk.post(f"/desk/bookings/{mine}/cancel", version="2", reason="because")
    assert (refused.status_code, "替病人退号要写明原因" in refused.text, "样例" in refused.text) == (422, True, True)
    done = clerk.post(f"/desk/bookings/{mine}/cancel", version="2", reason="booked-twice")
    assert done.status_code == 200, done.text
    shown = patient.get(f"/api/v1/appointments/{mine}").json
    assert (shown["status"], shown["ended_because"], shown["end_reason"]) == ("cancelled", "desk", "约重了")
    with app.app_context(), transaction() as current:
        trace = select(AuditEvent.detail).where(AuditEvent.action == "appointment.cancel")
        assert current.scalars(trace.where(AuditEvent.entity_id == UUID(mine))).one()["reason"] == "booked-twice"


def test_another_house_finds_neither_session_nor_booking(app: Flask) -> None:
    session_id, (slot,) = clinic(app, "oncology")
    mine = booked(app, slot)
    elsewhere = browser_of(app, factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)[0])
    for path in (f"/desk/places/{session_id}", f"/desk/bookings/{mine}"):
        assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(f"/desk/places/{session_id}/stop", reason="ill").status_code == 404
    assert elsewhere.post("/desk/overbook/who", session_id=str(session_id), q=str(uuid4())).status_code == 404
    assert elsewhere.post(f"/desk/bookings/{mine}/cancel", reason="booked-twice", version="2").status_code == 404
    with app.app_context(), transaction() as current:
        assert current.scalar(select(Appointment.status).where(Appointment.id == UUID(mine))) == "booked"


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.WARD_DOCTOR])
def test_who_may_not_stop_is_shown_no_button_for_it(app: Flask, role: Role) -> None:
    session_id, _ = clinic(app, "gynecology")
    page = desk(app, "xinmi", role).text(f"/desk/places/{session_id}")
    assert 'data-opens="stop"' not in page


def test_whoever_declines_another_time_is_on_the_desks_list_to_be_phoned_at_once(app: Flask) -> None:
    stopped, (slot,) = clinic(app, "orthopedics", county_id="xinmi")
    clinic(app, "orthopedics", in_days=7, county_id="xinmi")
    patient, _ = factories.resident_person(app, "xinmi", name="停诊甲")
    mine = take(patient, slot, confirm=True).json["id"]
    clerk = desk(app)
    done = clerk.post(f"/desk/places/{stopped}/stop", reason="ill")
    assert "停诊，要另约" in done.text
    assert "约好了" not in done.text
    assert json.loads(done.headers["HX-Trigger"])["said"] == "停诊了。1 位先留了别的时间，等他们答复。"
    case = clerk.text(f"/desk/bookings/{mine}", part=True)
    assert case.count("停诊</span>") + case.count("停诊，要另约") == 1
    assert "给病人留了" in case
    assert "停诊了，换到" in patient.get("/api/v1/home").json["next"]["text"]
    with app.app_context(), transaction():
        offer = offer_for(mine)
        assert offer is not None
        offered = offer.id
    assert "停诊另约，等答复" in clerk.text(f"/desk/bookings/{offered}", part=True)
    strip = f'data-stopped="{mine}"'
    assert strip not in clerk.text("/desk/answers")
    assert patient.post(f"/api/v1/appointments/{offered}/cancel").status_code == 200
    page = clerk.text("/desk/answers")
    assert strip in page
    assert "停诊甲" in page
    with app.app_context(), transaction():
        (task,) = tasks_about(mine)
        assert task.ladder[0]["role"] == "medical_office"
    # Whoever has agreed on another time, or wants none, is off the list; so is who was spoken to.
    settled = clerk.post(f"/desk/answers/sorted-out/{task.id}")
    assert settled.status_code == 200
    assert strip not in settled.text

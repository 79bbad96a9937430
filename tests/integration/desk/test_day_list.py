"""The day's sheets: who comes when, how they are reached, and letting them in by number, QR or certificate."""

from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from backend.kernel.roles import Role
from backend.people.claims import phone_index
from backend.people.models import Resident
from backend.referrals.models_certificate import Arrival
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from backend.store.vault import vault
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import BOTH, make, row_of, take
from tests.integration.booking.test_stops import clinic
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.desk.test_arrivals import paper_of
from tests.integration.desk.test_week import booked, desk, name_of
from tests.integration.referrals.rig import Cast

PHONE = "13700001234"


def give_phone(app: Flask, resident_id: UUID, phone: str, county_id: str = "xinmi") -> None:
    with app.app_context(), transaction() as current:
        row = current.get_one(Resident, (county_id, resident_id))
        row.phone_index = phone_index(phone)
        vault().seal(row, "phone", phone)


def day_of(app: Flask, appointment: str) -> str:
    with app.app_context(), transaction():
        return row_of(appointment).day.isoformat()


@BOTH
def test_a_sheet_has_its_people_in_the_expected_order_with_phone_and_help(app: Flask, county_id: str) -> None:
    _, slots = clinic(app, "dermatology", 3, county_id=county_id, in_days=4)
    last = booked(app, slots[2], county_id)
    who, resident_id = factories.resident_person(app, county_id)
    give_phone(app, resident_id, PHONE, county_id)
    first = take(who, slots[0], confirm=True).json["id"]
    clerk = desk(app, county_id)
    path = f"/desk/day?on={day_of(app, first)}&department=dermatology"
    page = clerk.text(path)
    assert page.index(first) < page.index(last)
    assert name_of(app, first) in page
    assert PHONE in page
    with app.app_context(), transaction() as current:
        written = select(func.count()).where(AuditEvent.action == "appointment.day_list")
        before = current.scalar(written)
    assert PHONE in clerk.text(path, part=True)
    with app.app_context(), transaction() as current:
        assert current.scalar(written) == before, "a live update is the same page"


@BOTH
def test_for_the_wall_no_name_is_whole_and_no_phone(app: Flask, county_id: str) -> None:
    (slot,) = make(app, county_id=county_id, in_days=4)
    who, resident_id = factories.resident_person(app, county_id, name="欧阳桂兰")
    give_phone(app, resident_id, PHONE, county_id)
    mine = take(who, slot, confirm=True).json["id"]
    page = desk(app, county_id).text(f"/desk/day?on={day_of(app, mine)}&names=hidden")
    assert mine in page
    assert "欧***" in page
    assert "欧阳桂兰" not in page
    assert PHONE not in page
    assert "尾号 1234" in page


def test_a_doctors_help_is_seen_on_the_sheet(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current, county_id=cast.county, institution=cast.places.hospital)
    made = cast.doctor.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot.id}).json
    number, _ = paper_of(app, cast, referral)
    page = browser_of(app, cast.clerk).text(f"/desk/day?on={day_of(app, made['id'])}")
    row = page[page.index(made["id"]) :].split("</tr>")[0]
    assert "医生帮约" in row
    assert number in row


@BOTH
def test_the_number_and_the_qr_let_in_once(app: Flask, county_id: str) -> None:
    slots = make(app, 2, county_id=county_id, in_days=0.02)
    made = [take(factories.resident_person(app, county_id)[0], slot, confirm=True).json for slot in slots]
    clerk = desk(app, county_id)
    for one, said in zip(made, (made[0]["code"], made[1]["code_text"]), strict=True):
        done = clerk.post("/desk/day/come", q=said)
        assert done.status_code == 200, done.text
        with app.app_context(), transaction():
            assert (row_of(one["id"]).status, row_of(one["id"]).queue_number) == ("arrived", 1)
    again = clerk.post("/desk/day/come", q=made[0]["code"])
    assert (again.status_code, "已经报到过了，是 1 号" in again.text) == (409, True)


def come_with_paper(app: Flask, cast: Cast, said: str) -> Browser:
    clerk = browser_of(app, cast.clerk)
    done = clerk.post("/desk/day/come", q=said)
    assert done.status_code == 200, done.text
    return clerk


def test_a_certificate_lets_in_and_is_an_arrival(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current, county_id=cast.county, institution=cast.places.hospital, in_days=0.02)
    made = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot.id}).json
    number, _ = paper_of(app, cast, referral)
    clerk = come_with_paper(app, cast, number)
    with app.app_context(), transaction() as current:
        assert row_of(made["id"]).status == "arrived"
        came = current.scalars(select(Arrival).where(Arrival.referral_id == UUID(referral))).one()
        assert (came.came_as, came.verified_how) == ("referred", "number")
    assert clerk.post("/desk/day/come", q=number).status_code == 409


def test_a_certificate_without_a_place_is_sent_to_the_door_not_away(app: Flask, cast: Cast) -> None:
    number, _ = paper_of(app, cast, cast.issued())
    refused = browser_of(app, cast.clerk).post("/desk/day/come", q=number)
    assert (refused.status_code, "照样接" in refused.text) == (404, True)


def test_what_is_no_number_of_ours_says_what_to_try(app: Flask) -> None:
    clerk = desk(app)
    refused = clerk.post("/desk/day/come", q="张三")
    assert (refused.status_code, "报到码" in refused.text) == (422, True)
    (slot,) = make(app, in_days=0.02)
    mine = take(factories.resident_person(app)[0], slot, confirm=True).json
    elsewhere = browser_of(app, factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)[0])
    other_house = elsewhere.post("/desk/day/come", q=mine["code"])
    assert (other_house.status_code, "照样接" in other_house.text) == (404, True)

"""The search box: a booking of this house is found by name, pinyin, village, phone, number or certificate."""

from flask import Flask

from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.store.db import transaction
from tests import factories
from tests.integration.booking import scene
from tests.integration.booking.test_open_places import BOTH, make, take
from tests.integration.desk.browser import browser_of
from tests.integration.desk.test_arrivals import paper_of
from tests.integration.desk.test_day_list import give_phone
from tests.integration.desk.test_week import desk
from tests.integration.referrals.rig import Cast


@BOTH
def test_a_booking_is_found_by_everything_that_people_say(app: Flask, county_id: str) -> None:
    (slot,) = make(app, county_id=county_id)
    phone = f"139{slot.int % 10**8:08d}"
    who, resident_id = factories.resident_person(
        app, county_id, name="娄底雁", name_folded="娄底雁", name_pinyin="loudiyan ldy"
    )
    give_phone(app, resident_id, phone, county_id)
    mine = take(who, slot, confirm=True).json
    clerk = desk(app, county_id)
    spoken = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    for said in ("娄底雁", "loudiyan", "ldy", phone, spoken, mine["code"]):
        assert mine["id"] in clerk.text(f"/desk/search?q={said}"), said
    assert mine["id"] not in clerk.text(f"/desk/search?q={phone[:-1]}"), "half a phone finds nobody"


def test_a_certificate_and_a_village_find_it_too(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    with app.app_context(), transaction() as current:
        (slot,) = scene.make_slots(current, county_id=cast.county, institution=cast.places.hospital)
    mine = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": slot.id}).json
    number, _ = paper_of(app, cast, referral)
    clerk = browser_of(app, cast.clerk)
    assert mine["id"] in clerk.text(f"/desk/search?q={number}")
    assert mine["id"] in clerk.text(f"/desk/search?q={mine['person']['village']}")


def test_another_house_finds_nothing_of_it(app: Flask) -> None:
    (slot,) = make(app)
    who, resident_id = factories.resident_person(app, name="娄底鸿", name_folded="娄底鸿")
    mine = take(who, slot, confirm=True).json
    elsewhere = browser_of(app, factories.staff_person(app, "tcm-hospital", Role.DESK_CLERK)[0])
    page = elsewhere.text("/desk/search?q=娄底鸿")
    assert mine["id"] not in page
    assert "没有找到" in page
    with app.app_context(), transaction() as current:
        assert current.get_one(Resident, ("xinmi", resident_id)).name == "娄底鸿"


def test_what_is_ahead_stands_first_and_what_was_never_taken_not_at_all(app: Flask) -> None:
    far, near = (make(app, department=one, in_days=days)[0] for one, days in (("ent", 9), ("cardiology", 4)))
    (dropped,) = make(app, department="urology", in_days=2)
    who, _ = factories.resident_person(app, name="娄底鹤", name_folded="娄底鹤")
    later, sooner = (take(who, slot, confirm=True).json["id"] for slot in (far, near))
    hold = take(who, dropped).json["id"]
    assert who.post(f"/api/v1/appointments/{hold}/cancel").status_code == 200
    page = desk(app).text("/desk/search?q=娄底鹤")
    assert page.index(sooner) < page.index(later)
    assert hold not in page

"""A specialist of the county sees people at the township; a villager books it at home, nearer and by name."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from backend.kernel.clock import local_day
from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House

CAST = CASTS["mangshi"]
VILLAGER = "demo-mangshi-fapa-5-5"


def settle_visit(house: House) -> str:
    """The township and the specialist settle one visit in three days; its day."""
    specialist = Caller(house, f"demo-{CAST.county}-specialist-cardiology", CAST.county).get("/me")["staff"]
    day = local_day(house.now()) + timedelta(days=3)
    Caller(house, CAST.head, CAST.county).post(
        "/schedules",
        {
            "institution": CAST.township,
            "code": f"journey-visit-{day}",
            "department": "general_practice",
            "title": "县医院专家坐诊",
            "start": "14:30",
            "end": "17:00",
            "capacity": 8,
            "from_on": day.isoformat(),
            "on_day": day.isoformat(),
            "practitioner_id": specialist["practitioner_id"],
            "expert": True,
        },
    )
    house.flask("booking", "make-slots")
    return day.isoformat()


@pytest.mark.clause("MS-4.2.3c")
def test_a_villager_books_the_visiting_specialist_at_the_township(house: House, people: People, shot: Shot) -> None:
    day = settle_visit(house)
    page = people.phone(VILLAGER, CAST.county, "features/booking/pages/choose")
    expect(page.get_by_text("乡镇、社区（专家也会下来坐诊）")).to_be_visible()
    shot(page, "mangshi-outreach-houses")
    page.get_by_test_id(f"house-{CAST.township}").click()
    page.get_by_test_id("department-general_practice").click()
    expect(page.get_by_test_id(re.compile("^day-")).first).to_be_visible()
    while page.get_by_test_id(f"day-{day}").count() == 0:
        page.get_by_test_id("more-days").click()
    visiting = page.locator(".half", has_text="县里专家下乡坐诊").first
    visiting.scroll_into_view_if_needed()
    expect(visiting).to_be_visible()
    shot(page, "mangshi-outreach-times")
    visiting.locator("[data-testid^=time-]:not([aria-disabled=true])").first.click()
    expect(page.get_by_test_id("doctor")).to_contain_text("医生看")
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("code")).to_be_visible()
    expect(page.get_by_text("专家下乡号")).to_be_visible()
    shot(page, "mangshi-outreach-booked")

    mine = Caller(house, VILLAGER, CAST.county).get("/appointments")["items"][0]
    assert (mine["kind"], mine["institution"], mine["status"]) == ("outreach", CAST.township, "booked")

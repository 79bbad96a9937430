"""Booking on the phone: a place without a referral, a freed one that is offered, and a session that was stopped."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS, Cast, allow
from tests.journeys.clinics import free_at, head_of, settle
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House

OTHERS = {
    "xinmi": ["hudi-2-4", "hudi-2-5", "hudi-2-6", "egou-2-4", "taoyuan-1-3", "taoyuan-1-4", "taoyuan-1-5"],
    "mangshi": [
        "zheyan-1-2",
        "fengping-cun-1-3",
        "fengping-cun-1-4",
        "fengping-cun-1-5",
        "wuchalu-cun-1-1",
        "wuchalu-cun-1-2",
        "mengdan-1-2",
    ],
}
"""Residents on WeChat who play in no other journey."""


@pytest.fixture(params=list(CASTS))
def cast(request) -> Cast:
    return CASTS[request.param]


def openid(cast: Cast, nth: int) -> str:
    return f"demo-{cast.county}-{OTHERS[cast.county][nth]}"


def free(page: Page) -> Any:
    return page.locator("[data-testid^=time-]:not([aria-disabled=true])")


@pytest.mark.clause("MS-4.2.1")
def test_a_place_without_a_referral_is_held_and_then_made_sure(
    house: House, people: People, cast: Cast, shot: Shot
) -> None:
    page = people.phone(openid(cast, 0), cast.county, "features/booking/pages/choose")
    page.get_by_test_id(f"house-{cast.hospital}").click()
    page.get_by_test_id("department-neurology").click()
    expect(page.get_by_text(re.compile(r"放 \d+ 天后的号"))).to_be_visible()
    shot(page, f"{cast.county}-booking-times")
    free(page).first.click()
    expect(page.get_by_test_id("countdown")).to_have_text(re.compile(r"^\d+ 分 \d\d 秒$"))
    shot(page, f"{cast.county}-booking-held")
    page.get_by_test_id("give-up").click()
    expect(page.get_by_test_id("ended")).to_contain_text("没有约")

    page.get_by_test_id("again").click()
    free(page).last.click()  # of a night the first is too near to be changed on the phone
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("code")).to_be_visible()
    expect(page.get_by_test_id("change-until")).to_contain_text("最晚")
    shot(page, f"{cast.county}-booking-sure")
    with page.expect_download() as file:
        page.get_by_test_id("calendar-file").click()
    assert file.value.path().read_text(encoding="utf-8").startswith("BEGIN:VCALENDAR")
    mine = Caller(house, openid(cast, 0), cast.county).get("/appointments")["items"]
    assert [one["status"] for one in mine[:2]] == ["booked", "cancelled"]

    # Whoever looks for another time there reads first that there is one, and gets back to it.
    page.goto(f"{house.url}/app/#/features/booking/pages/times?institution={cast.hospital}&department=neurology")
    expect(page.get_by_test_id("other-place")).to_contain_text("在这个科已经约了")
    shot(page, f"{cast.county}-booking-second")
    page.get_by_test_id("other-place").click()
    expect(page.get_by_test_id("code")).to_be_visible()

    # A hold at nearly the same hour elsewhere: said before it is confirmed, and it leads to the other.
    caller = Caller(house, openid(cast, 0), cast.county)
    at = datetime.fromisoformat(mine[0]["starts_at"])
    elsewhere = [one for department in ("orthopedics", "respiratory") for one in free_at(caller, cast, department)]
    slot = next(one for one in elsewhere if abs(datetime.fromisoformat(one["starts_at"]) - at) < timedelta(minutes=30))
    held = caller.post("/appointments", {"slot_id": slot["slot_id"]})
    page.goto(f"{house.url}/app/#/features/booking/pages/appointment?id={held['id']}")
    expect(page.get_by_test_id("close-place")).to_contain_text("还约了神经内科")
    shot(page, f"{cast.county}-booking-close")
    page.get_by_test_id("close-place").click()
    expect(page.get_by_test_id("code")).to_be_visible()


def test_who_waits_is_offered_what_is_given_back(house: House, people: People, cast: Cast, shot: Shot) -> None:
    day = settle(house, cast, "emergency", f"journey-wait-{cast.county}")
    holders = [Caller(house, openid(cast, nth), cast.county) for nth in (1, 2, 3)]
    held = []
    for holder in holders:
        for one in free_at(holder, cast, "emergency", day)[:1]:
            made = holder.post("/appointments", {"slot_id": one["slot_id"], "confirm": True})
            held.append((holder, made["id"]))
    assert held

    where = f"features/booking/pages/times?institution={cast.hospital}&department=emergency"
    page = people.phone(openid(cast, 4), cast.county, "features/booking/pages/list")
    expect(page.get_by_test_id("to-choose")).to_be_visible()
    page.goto(f"{house.url}/app/#/{where}")
    page.get_by_test_id("wait").click()
    page.get_by_test_id("join").click()
    page.get_by_test_id("remind").click()
    allow(page)
    expect(page.get_by_test_id("ahead")).to_have_text("您排在第一位")
    shot(page, f"{cast.county}-booking-waiting")

    holder, given_back = held[0]
    holder.post(f"/appointments/{given_back}/cancel")
    page.goto(f"{house.url}/app/#/pages/home/index")
    expect(page.get_by_test_id("next-title")).to_have_text("候补到了，有号了")
    shot(page, f"{cast.county}-booking-offer-home")
    page.get_by_test_id("next-button").click()
    expect(page.get_by_test_id("answer-by")).to_contain_text("给您留到")
    shot(page, f"{cast.county}-booking-offer")
    page.get_by_test_id("accept").click()
    expect(page.get_by_test_id("code")).to_be_visible()
    [wait, *_] = Caller(house, openid(cast, 4), cast.county).get("/waitlist")["items"]
    assert wait["status"] == "served"


def test_whose_session_is_stopped_is_offered_another_place(
    house: House, people: People, cast: Cast, shot: Shot
) -> None:
    day = settle(house, cast, "dermatology", f"journey-stop-{cast.county}")
    resident = Caller(house, openid(cast, 5), cast.county)
    chosen = next(one for one in free_at(resident, cast, "dermatology", day) if one["title"] == "加开门诊")
    made = resident.post("/appointments", {"slot_id": chosen["slot_id"], "confirm": True})
    head_of(house, cast).post(f"/schedule-sessions/{chosen['session_id']}/stop", {"reason": "ill"})

    page = people.phone(openid(cast, 5), cast.county, "pages/home/index")
    expect(page.get_by_test_id("next-title")).to_have_text("换一个看病的时间，您看行不行")
    page.goto(f"{house.url}/app/#/features/booking/pages/appointment?id={made['id']}")
    expect(page.get_by_test_id("stopped")).to_contain_text("请别跑空")
    shot(page, f"{cast.county}-booking-stopped")
    page.get_by_test_id("accept").click()
    expect(page.get_by_test_id("code")).to_be_visible()
    after = resident.get(f"/appointments/{made['id']}")
    assert (after["status"], after["stopped"]) == ("booked", False)
    assert after["slot_id"] != made["slot_id"]

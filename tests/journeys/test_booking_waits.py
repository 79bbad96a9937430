"""Full for referred patients too: one waits, another gives back; declined, it goes to the next in turn."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.cast import CASTS, allow
from tests.journeys.clinics import settle
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House
from tests.journeys.story import Story

CAST = CASTS["xinmi"]
OTHERS = [
    ("demo-xinmi-dongling-11-1", "郭海涛"),
    ("demo-xinmi-dongling-11-2", "张二妮"),
    ("demo-xinmi-dongling-10-1", "赵军"),
]
"""Who has the place, who waits first, who waits next; they play in no other journey."""
DEPARTMENT = "anesthesiology"


def going_up(house: House, nth: int) -> tuple[Story, str]:
    """Somebody whose referral is agreed to by both; and its id."""
    openid, name = OTHERS[nth]
    story = Story(house, replace(CAST, resident=openid, resident_name=name))
    return story, story.agreed_way_up(to_department=DEPARTMENT)


def open_offer(page: Page, house: House, shot: Shot, name: str) -> None:
    page.goto(f"{house.url}/app/#/pages/home/index")
    expect(page.get_by_test_id("next-title")).to_have_text("候补到了，有号了")
    shot(page, name)
    page.get_by_test_id("next-button").click()
    expect(page.get_by_test_id("answer-by")).to_contain_text("给您留到")


@pytest.mark.clause("XM-5.4b")
def test_what_one_declines_goes_to_the_next_who_takes_it(house: House, people: People, shot: Shot) -> None:
    settle(house, CAST, DEPARTMENT, "journey-wait-referral")
    holder, held = going_up(house, 0)
    place = holder.book(held)
    first, referral = going_up(house, 1)
    second, other = going_up(house, 2)

    page = people.phone(OTHERS[1][0], CAST.county)
    expect(page.get_by_test_id("next-title").or_(page.get_by_text("在办")).first).to_be_visible()
    page.goto(f"{house.url}/app/#/features/booking/pages/places?referral={referral}")
    expect(page.get_by_text("近两周约满了")).to_be_visible()
    shot(page, "xinmi-wait-full")
    page.get_by_test_id("wait").click()
    page.get_by_test_id("join").click()
    page.get_by_test_id("remind").click()
    allow(page)
    expect(page.get_by_test_id("ahead")).to_have_text("您排在第一位")
    shot(page, "xinmi-wait-joined")

    next_one = people.phone(OTHERS[2][0], CAST.county)
    expect(next_one.get_by_text("在办").first).to_be_visible()
    next_one.goto(
        f"{house.url}/app/#/features/booking/pages/wait?institution={CAST.hospital}&department={DEPARTMENT}&referral={other}"
    )
    next_one.get_by_test_id("join").click()
    next_one.get_by_test_id("remind").click()
    allow(next_one)
    expect(next_one.get_by_test_id("ahead")).to_have_text("前面还有 1 位")

    holder.phone(holder.cast.resident).post(f"/appointments/{place}/cancel")
    open_offer(page, house, shot, "xinmi-wait-offer-home")
    page.get_by_test_id("decline").click()
    expect(page.get_by_test_id("ended")).to_contain_text("您还在候补里")
    shot(page, "xinmi-wait-declined")

    open_offer(next_one, house, shot, "xinmi-wait-next-home")
    next_one.get_by_test_id("accept").click()
    expect(next_one.get_by_test_id("code")).to_be_visible()
    shot(next_one, "xinmi-wait-served")
    [wait, *_] = second.phone(OTHERS[2][0]).get("/waitlist")["items"]
    assert wait["status"] == "served"
    [still, *_] = first.phone(OTHERS[1][0]).get("/waitlist")["items"]
    assert still["status"] == "waiting"

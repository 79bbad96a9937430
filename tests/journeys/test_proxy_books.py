"""A grown child books and cancels for the old parents, switching from one to the other, up to the county's limit."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS
from tests.journeys.clinics import free_at
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House

CAST = CASTS["xinmi"]
CHILD = "demo-xinmi-yuanzhuang-cun-5-3"
MOTHER, FATHER = "于雪", "郑文革"
"""A household of the story's village that plays in no other journey; the child is far away, for work."""


def take_some(caller: Caller, resident: str, departments: list[str]) -> None:
    """Take one place in each of these departments for somebody, over HTTP as the child's phone would."""
    caller.acting_for = resident
    for department in departments:
        slot = free_at(caller, CAST, department)[-1]["slot_id"]
        caller.post("/appointments", {"slot_id": slot, "confirm": True})


def press_late_time(page: Page, department: str, house: House) -> None:
    """Press the last time on the page: early enough to be given back again."""
    page.goto(f"{house.url}/app/#/features/booking/pages/times?institution={CAST.hospital}&department={department}")
    page.locator("[data-testid^=time-]:not([aria-disabled=true])").last.click()


@pytest.mark.clause("MS-4.2.1")
def test_a_child_books_and_cancels_for_the_parents_up_to_the_limit(house: House, people: People, shot: Shot) -> None:
    child = Caller(house, CHILD, CAST.county)
    mother, father = (
        next(one["id"] for one in child.get("/me")["residents"] if one["name"] == name) for name in (MOTHER, FATHER)
    )
    page = people.phone(CHILD, CAST.county)
    page.get_by_test_id("whose").get_by_text("换人").click()
    page.get_by_test_id(f"switch-{father}").click()
    expect(page.get_by_test_id("whose")).to_contain_text(f"替 {FATHER} 办")
    shot(page, "xinmi-proxy-home")

    press_late_time(page, "cardiology", house)
    expect(page.get_by_test_id("acting-for")).to_contain_text(FATHER)
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("code")).to_be_visible()
    shot(page, "xinmi-proxy-booked")

    take_some(child, mother, ["respiratory", "orthopedics", "neurology"])
    take_some(child, father, ["ophthalmology"])
    press_late_time(page, "orthopedics", house)
    expect(page.get_by_test_id("rule-booking.most_by_proxy")).to_be_visible()
    refusal = page.get_by_test_id("problem")
    expect(refusal).to_contain_text("最多同时约 5 个号")
    expect(refusal).to_contain_text("请村医、家庭医生帮着约")
    shot(page, "xinmi-proxy-limit")

    page.get_by_role("button", name="看已经约的").click()
    page.locator("[data-testid^=booking-]", has_text="心血管内科").get_by_text("看在哪报到、带什么").click()
    page.get_by_test_id("give-back").click()
    shot(page, "xinmi-proxy-give-back")
    page.get_by_test_id("give-back-sure").click()
    expect(page.get_by_test_id("ended")).to_be_visible()

    press_late_time(page, "orthopedics", house)
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("code")).to_be_visible()
    page.goto(f"{house.url}/app/#/features/booking/pages/list")
    expect(page.locator("[data-testid^=booking-]", has_text=re.compile("骨"))).to_be_visible()
    shot(page, "xinmi-proxy-list")
    child.acting_for = father
    shown = child.get("/appointments")["items"]
    assert [one["status"] for one in shown[:3]] == ["booked", "booked", "cancelled"]

"""An examination: ordered at the township, booked at the county hospital by the patient, said yes to and made there."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS, Cast, sign_in_at_desk
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House
from tests.journeys.story import Story
from tests.journeys.told import turn_till

PATIENT = replace(CASTS["xinmi"], resident="demo-xinmi-yuanzhuang-cun-4-4", resident_name="周淼", birth_year=1969)
"""Somebody of the same village who plays in no other journey."""


def order(doctor: Page, cast: Cast, shot: Shot) -> str:
    """The family doctor writes the order beside the patient, with the referral; its id."""
    doctor.get_by_text("检查单", exact=True).click()
    doctor.get_by_test_id("new-order").click()
    expect(doctor.get_by_test_id("order-person")).to_contain_text(cast.resident_name)
    doctor.get_by_test_id("choice-gastroscopy").click()
    expect(doctor.get_by_test_id("missing")).to_contain_text("当面问清")
    expect(doctor.get_by_test_id("referred-price")).to_contain_text("付 252 元")
    shot(doctor, f"{cast.county}-order-new")
    doctor.get_by_test_id("asked-blood-thinner").click()
    doctor.get_by_label("为什么要查").fill("上腹疼一个月，吃药不见好")
    doctor.get_by_test_id("place-order").click()
    expect(doctor.get_by_test_id("price")).to_contain_text("252 元")
    shot(doctor, f"{cast.county}-order-written")
    return doctor.url.split("id=")[-1]


@pytest.mark.clause("XM-5.4b")
def test_an_examination_is_ordered_below_booked_above_and_made(house: House, people: People, shot: Shot) -> None:
    cast, story = PATIENT, Story(house, PATIENT)
    story.agreed_way_up()
    doctor = people.phone(cast.family_doctor, cast.county, "pages/people/index")
    expect(doctor.get_by_test_id("house").first).to_be_visible()
    doctor.goto(f"{house.url}/app/#/features/residents/pages/one?id={story.resident_id}")
    made = order(doctor, cast, shot)

    patient = people.phone(cast.resident, cast.county, "pages/referrals/index")
    patient.get_by_text("医生开的检查：怎么准备、约时间").click()
    shot(patient, f"{cast.county}-orders")
    patient.get_by_test_id(f"order-{made}").click()
    expect(patient.get_by_test_id("prepare")).to_contain_text("要家里人陪着来")
    expect(patient.get_by_text("原价 280 元，转诊减 28 元")).to_be_visible()
    patient.get_by_test_id(f"choice-{cast.hospital}").click()
    kept = patient.locator("[data-testid^=time-]:not([aria-disabled=true])", has_text="转诊号").first
    expect(kept).to_be_visible()
    shot(patient, f"{cast.county}-order-times")
    kept.click()
    expect(patient.get_by_test_id("pending")).to_contain_text("等医院确认")
    shot(patient, f"{cast.county}-order-pending")

    desk = people.desk("/desk/pending")
    sign_in_at_desk(desk, cast.county, cast.hospital_desk)
    desk.goto(f"{house.url}/desk/pending")
    desk.locator("tr", has_text=cast.resident_name).click()
    expect(desk.locator("#case")).to_contain_text("问过吃不吃抗凝药")
    shot(desk, f"desk-{cast.county}-order-pending")
    desk.locator("#case").get_by_role("button", name=re.compile("确认")).first.click()
    expect(desk.locator("tr", has_text=cast.resident_name)).to_have_count(0)

    expect(patient.get_by_test_id("pending")).to_have_count(0)
    code = patient.get_by_test_id("code").inner_text().replace(" ", "")
    shot(patient, f"{cast.county}-order-sure")

    booked = story.phone(cast.resident).get("/appointments")["items"][0]
    starts_at = datetime.fromisoformat(booked["starts_at"])
    turn_till(house, starts_at - timedelta(minutes=20))
    patient.goto(f"{house.url}/app/#/pages/home/index")
    patient.reload()
    expect(patient.get_by_test_id("next-title")).to_contain_text("今天")
    shot(patient, f"{cast.county}-order-home")
    desk.goto(f"{house.url}/desk/arrivals")
    desk.locator("tr", has_text=cast.resident_name).first.click()
    shot(desk, f"desk-{cast.county}-order-arrivals")
    desk.goto(f"{house.url}/desk/day")
    desk.get_by_placeholder("扫预约码，或输报到码、证明号").fill(code)
    desk.keyboard.press("Enter")
    expect(desk.locator("tr", has_text=cast.resident_name)).to_contain_text("1 号")
    shot(desk, f"desk-{cast.county}-order-day")

    patient.goto(f"{house.url}/app/#/features/booking/pages/orders")
    expect(patient.get_by_test_id(f"order-{made}")).to_contain_text("做过了")
    shot(patient, f"{cast.county}-orders-done")
    assert Caller(house, cast.resident, cast.county).get(f"/orders/{made}")["status"] == "done"

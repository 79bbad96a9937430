"""A hospital outside the county: asked by telephone, and what came of it told by the family, on the doctor's phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.integration.referrals.rig import drawn
from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS, PIN, Cast
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House
from tests.journeys.test_doctors import SIGNED, seen_by_doctor


@pytest.fixture(params=list(CASTS))
def cast(request) -> Cast:
    return CASTS[request.param]


def sent_outside(house: House, cast: Cast, patient: dict[str, Any]) -> str:
    """A referral to the first partner outside, handed in by the family doctor; its id."""
    doctor = Caller(house, cast.family_doctor, cast.county)
    visit = seen_by_doctor(house, cast, patient, diagnosis_code="Z94", diagnosis_text="肾移植后")
    options = doctor.get(f"/residents/{patient['id']}/referral-options?diagnosis_code=Z94")
    partner = next(one["institution"] for one in options["choices"] if one["outside"] and one["partner"])
    draft = doctor.post(
        "/referrals",
        {
            "resident_id": patient["id"],
            "visit_id": visit,
            "to_institution": partner,
            "category": "outpatient",
            "diagnosis_code": "Z94",
            "diagnosis_text": "肾移植后",
            "indication": "limited",
            "skip_reason": "not-able-nearby",
            "choice_by_patient": True,
            "records": [{"kind": "visit", "id": visit}],
        },
    )
    doctor.post(f"/referrals/{draft['id']}/submit", {"pin": PIN})
    return str(draft["id"])


def sign_all(house: House, cast: Cast, referral: str) -> None:
    for openid in (cast.head, cast.third):
        signer = Caller(house, openid, cast.county)
        step = next(one for one in signer.get("/signatures")["items"] if one["referral_id"] == referral)
        signer.post(f"/signatures/{step['id']}/sign", {"pin": PIN, "content_hash": step["content_hash"]})


def opened(house: House, people: People, openid: str, cast: Cast, referral: str) -> Page:
    """The progress of a referral on somebody's phone."""
    page = people.phone(openid, cast.county)
    expect(page.locator(".ld-card").first).to_be_visible()
    page.goto(f"{house.url}/app/#/features/referrals/pages/status?id={referral}")
    expect(page.get_by_test_id("now-title")).to_be_visible()
    return page


def pick_day(page: Page, testid: str) -> None:
    """Choose today on the calendar of a field."""
    page.get_by_test_id(testid).locator(".box").click()
    page.locator("[data-testid^=day-]:not(.off)").last.click()


@pytest.mark.clause("XM-5.5")
@pytest.mark.clause("MS-4.2.3d")
def test_a_hospital_outside_is_phoned_and_what_came_of_it_is_told(
    house: House, people: People, cast: Cast, shot: Shot
) -> None:
    resident = Caller(house, SIGNED[cast.county], cast.county)
    referral = sent_outside(house, cast, {"id": resident.get("/me")["residents"][0]["id"]})
    page = opened(house, people, cast.family_doctor, cast, referral)
    shot(page, f"{cast.county}-outside-asked")
    page.get_by_test_id("to-phone").click()
    page.get_by_test_id("choice-yes").click()
    page.get_by_test_id("who").locator("input").fill("医务科 王老师")
    page.get_by_test_id("phone").locator("input").fill("0371-66660000")
    page.get_by_test_id("choice-2").click()
    shot(page, f"{cast.county}-outside-phone")
    page.get_by_test_id("choice-no").click()
    page.get_by_test_id("choice-not-our-ability").click()
    shot(page, f"{cast.county}-outside-phone-no")
    expect(page.locator("body")).to_contain_text("改去哪里，或最早哪天")
    page.get_by_test_id("choice-yes").click()
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("now-title")).to_contain_text("看一遍")
    answer = resident.get(f"/referrals/{referral}")["answer"]
    assert (answer["status"], answer["contact"]) == ("accepted", "医务科 王老师 0371-66660000")
    assert answer["said_at"] is not None

    text = resident.get(f"/referrals/{referral}/consent-text")
    said = {"content_hash": text["content_hash"], "drawn": drawn(), "language": text["languages"][0]}
    resident.post(f"/referrals/{referral}/consent", said)
    sign_all(house, cast, referral)
    expect(page.get_by_test_id("now-title")).to_contain_text("证明开好了")
    page.get_by_test_id("to-news").click()
    page.get_by_test_id("choice-came").click()
    pick_day(page, "came-on")
    page.get_by_test_id("told-by").locator("input").fill("女儿")
    shot(page, f"{cast.county}-outside-came")
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("outside-news")).to_contain_text("医院没有在这里确认")
    expect(page.get_by_test_id("now-title")).to_contain_text("已到")
    page.get_by_test_id("to-news").click()
    page.get_by_test_id("choice-seen").click()
    pick_day(page, "ended-on")
    page.get_by_test_id("summary").locator("textarea").fill("换了一种药，三个月后复查")
    page.get_by_test_id("choice-paper").click()
    shot(page, f"{cast.county}-outside-result")
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("now-title")).to_contain_text("看完了")
    page.get_by_test_id("strike").first.click()
    page.get_by_test_id("strike-reason").locator("input").fill("听成了另一位病人")
    shot(page, f"{cast.county}-outside-strike")
    page.get_by_test_id("strike-send").click()
    expect(page.get_by_test_id("struck-news")).to_contain_text("听成了另一位病人")
    expect(page.get_by_test_id("now-title")).to_contain_text("已到")
    shot(page, f"{cast.county}-outside-struck")
    page.get_by_test_id("to-news").click()
    page.get_by_test_id("choice-seen").click()
    pick_day(page, "ended-on")
    page.get_by_test_id("summary").locator("textarea").fill("换了一种药，三个月后复查")
    page.get_by_test_id("choice-paper").click()
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("outside-news")).to_contain_text("三个月后复查")
    shot(page, f"{cast.county}-outside-told")

    own = opened(house, people, SIGNED[cast.county], cast, referral)
    expect(own.get_by_test_id("outside-news")).to_contain_text("照对方医院的纸记的")
    expect(own.get_by_test_id("now-title")).to_contain_text(re.compile("看完了"))
    shot(own, f"{cast.county}-outside-told-home")

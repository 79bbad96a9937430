"""What the hospital's doctor and the family doctor do with advice: seen, written, taken on."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.cast import Cast
from tests.journeys.doctoring import Shot

ADVICE, REPLY = "夜里血压高，晚上那片改到睡前吃", "今晚就改到睡前，三天后再量"


def advise(page: Page, cast: Cast, shot: Shot) -> None:
    """The doctor who sent the patient down reads how it goes, and advises."""
    page.get_by_text("我转下去的病人").first.click()
    line = page.get_by_role("button", name=re.compile(cast.resident_name)).first
    expect(line).to_contain_text("186/112")
    expect(line).to_contain_text("看得到")
    shot(page, f"{cast.county}-sent-down")
    line.click()
    expect(page.get_by_test_id("next")).to_be_visible()
    page.get_by_test_id("advise").click()
    expect(page.get_by_text("不是处方").first).to_be_visible()
    page.get_by_test_id("choice-drug").click()
    page.get_by_test_id("advice-text").locator("textarea").fill(ADVICE)
    shot(page, f"{cast.county}-advise")
    page.get_by_test_id("advice-send").click()
    expect(page.get_by_test_id("advice-open")).to_contain_text(ADVICE)
    shot(page, f"{cast.county}-below")


def answer_advice(page: Page, cast: Cast, shot: Shot) -> None:
    """The family doctor finds it on the list, reads it, and takes it on."""
    page.get_by_role("button", name=re.compile(f"看并答复 {cast.resident_name}")).first.click()
    expect(page.get_by_text(ADVICE)).to_be_visible()
    expect(page.get_by_text("不是处方")).to_be_visible()
    shot(page, f"{cast.county}-advice")
    page.get_by_test_id("take-on").click()
    page.get_by_test_id("reply-text").locator("textarea").fill(REPLY)
    shot(page, f"{cast.county}-advice-taken")
    page.get_by_test_id("take-send").click()
    expect(page.get_by_test_id("advice-answer")).to_contain_text("采用了")

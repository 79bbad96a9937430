"""What a hospital treats and the phones of its referral desk are for everybody: nobody is asked to sign in."""

import re

import pytest
from playwright.sync_api import expect

HOUSES = {"xinmi": ("新密", "first-hospital"), "mangshi": ("芒", "people-hospital")}


@pytest.mark.clause("MS-4.2.3a")
@pytest.mark.clause("MS-4.2.1")
@pytest.mark.parametrize("county", HOUSES)
def test_a_stranger_finds_who_treats_it_and_whom_to_call(people, shot, county: str) -> None:
    name, code = HOUSES[county]
    page = people.stranger("features/hospitals/pages/list")
    page.get_by_test_id(f"county-{county}").click()
    expect(page.locator("body")).to_contain_text(name)
    everybody = page.locator("[data-testid^=house-]")
    expect(everybody.first).to_be_visible()
    before = everybody.count()
    page.get_by_test_id("wish").locator("input").fill("没有这种病")
    expect(page.get_by_test_id("unknown-condition")).to_be_visible()
    page.get_by_test_id("wish").locator("input").fill("高血压")
    page.locator("[data-testid^=condition-]").first.click()
    expect(page.get_by_test_id("chosen-condition")).to_contain_text("高血压")
    expect(everybody).not_to_have_count(before)
    page.get_by_test_id("any-condition").click()
    page.get_by_test_id(f"house-{code}").click()
    expect(page.get_by_test_id("phones")).to_contain_text(re.compile(r"\d{7,}"))
    expect(page.get_by_test_id("treats")).to_contain_text("依据")
    expect(page.get_by_test_id("benefit")).to_contain_text("起付线")
    shot(page, f"hospital-{county}")

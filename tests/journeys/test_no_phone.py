"""A child's mother without a phone: she signs on the doctor's phone, entrusts the grandmother, and changes her mind."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS, PIN, Cast, draw_name
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House
from tests.journeys.story import day
from tests.journeys.told import now_of


@pytest.fixture(params=list(CASTS))
def cast(request) -> Cast:
    return CASTS[request.param]


def small_child(doctor: Caller) -> dict[str, Any]:
    """A child whom the family doctor has signed and who plays in no other journey."""
    under_way = {one["person"]["id"] for one in doctor.get("/referrals?limit=100")["items"] if one["person"]}
    return next(
        dict(one)
        for one in doctor.get("/residents?limit=100")["items"]
        if 2012 < one["birth_year"] < 2024 and not one["namesake"] and one["id"] not in under_way
    )


def refer(doctor: Caller, cast: Cast, child: dict[str, Any]) -> str:
    """The child is seen and referred up; nobody has consented yet."""
    visit = doctor.post("/visits", {"resident_id": child["id"], "department": "general_practice"})["id"]
    outcome = {"diagnosis_code": "J12", "diagnosis_text": "小儿肺炎", "outcome": "referred_up"}
    doctor.post(f"/visits/{visit}/finish", outcome)
    draft = doctor.post(
        "/referrals",
        {
            "resident_id": child["id"],
            "visit_id": visit,
            "to_institution": cast.hospital,
            "to_department": "pediatrics",
            "category": "outpatient",
            "indication": "undiagnosed",
            "standard": "child-pneumonia-up",
            "article": 2,
            "choice_by_patient": True,
            "records": [{"kind": "visit", "id": visit}],
            "summary": "治了三天还高烧",
        },
    )
    assert draft["problems"] == []
    doctor.post(f"/referrals/{draft['id']}/submit", {"pin": PIN})
    return str(draft["id"])


def choose(page: Page, row: str, value: str) -> None:
    page.get_by_test_id(row).click()
    page.get_by_test_id(f"choice-{value}").click()


def test_a_mother_without_a_phone_signs_and_changes_her_mind(
    house: House, people: People, cast: Cast, shot: Shot
) -> None:
    doctor = Caller(house, cast.family_doctor, cast.county)
    child = small_child(doctor)
    referral = refer(doctor, cast, child)
    page = people.phone(cast.family_doctor, cast.county)
    expect(page.get_by_text("今天").first).to_be_visible()
    page.goto(f"{house.url}/app/#/features/referrals/pages/status?id={referral}")
    page.get_by_text("帮着签同意").click()
    expect(page.get_by_test_id("consent-text")).to_be_visible()

    # The grandmother came along with the mother's paper: the doctor looks at her card and writes it down.
    page.get_by_test_id("to-authority").click()
    page.get_by_test_id("new-authority").click()
    page.get_by_test_id("holder").locator("input").fill("李秀英")
    page.get_by_test_id("holder-relation").locator("input").fill("奶奶")
    page.get_by_test_id("choice-other").click()
    page.get_by_test_id("holder-number").locator("input").fill("护照 E1234567")
    page.get_by_test_id("papers-seen").click()
    page.get_by_test_id("giver").locator("input").fill("张月")
    choose(page, "giver-relation", "母亲")
    shot(page, f"{cast.county}-no-phone-authority")
    now = now_of(house)
    assert now is not None
    page.get_by_test_id("until").get_by_role("button").first.click()
    page.get_by_test_id(f"day-{day(now, 1)}").click()
    page.get_by_test_id("paper-witness").locator("input").fill("岩相")
    page.get_by_test_id("save-authority").click()

    # Then the mother is there herself after all, and signs.
    expect(page.get_by_test_id("consent-text")).to_be_visible()
    expect(page.get_by_text("李秀英（奶奶）").first).to_be_visible()
    expect(page.get_by_test_id("missing")).to_contain_text("签字人姓名")
    page.get_by_test_id("understood").click()
    if page.get_by_test_id("child-heard").count():
        page.get_by_test_id("child-heard").click()
    page.get_by_test_id("signer-name").locator("input").fill("张月")
    choose(page, "relation", "母亲")
    page.get_by_test_id("identity-known").click()
    choose(page, "language", "普通话")
    page.get_by_test_id("witness").locator("input").fill("岩相")
    draw_name(page)
    shot(page, f"{cast.county}-no-phone-consent")
    page.get_by_test_id("agree").click()
    expect(page.get_by_test_id("now-title")).not_to_contain_text("签字同意")
    given = doctor.get(f"/referrals/{referral}")["consent"]
    assert (given["given_by"], given["signer_name"], given["relation"]) == ("guardian", "张月", "母亲")

    # Next day she says on the phone that they do not go.
    page.get_by_test_id("to-no").click()
    page.get_by_test_id("choice-phone").click()
    page.get_by_test_id("signer-name").locator("input").fill("张月")
    choose(page, "relation", "母亲")
    page.get_by_test_id("identity-known").click()
    choose(page, "language", "普通话")
    page.get_by_test_id("witness").locator("input").fill("岩相")
    shot(page, f"{cast.county}-no-phone-no")
    page.get_by_test_id("write-no").click()
    expect(page.get_by_text("到此为止").first).to_be_visible()
    assert doctor.get(f"/referrals/{referral}")["end_reason"] == "patient"

"""The first day of a newcomer, the family's part, and a clinician's: each on a phone of their own."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.house import House

NEWCOMER = "demo-xinmi-wu-chunhua"
HELPER = "demo-xinmi-li-weidong"


def agree(page: Page) -> None:
    """Read the notice, and agree to the use of health data by itself."""
    expect(page.get_by_test_id("privacy-notice")).to_contain_text("新密市")
    page.get_by_test_id("consent-health").tap()
    page.get_by_test_id("agree").tap()


def enter(people, openid: str) -> Page:
    page = people.phone(openid, "xinmi")
    first = page.get_by_test_id("wechat-sign-in").or_(page.get_by_test_id("privacy-notice"))
    expect(first.first).to_be_visible()
    if page.get_by_test_id("wechat-sign-in").is_visible():
        page.get_by_test_id("wechat-sign-in").tap()
    agree(page)
    return page


def test_a_newcomer_agrees_claims_the_record_and_lets_a_helper_in(
    house: House, people, shot: Callable[[Page, str], None]
) -> None:
    page = enter(people, NEWCOMER)
    page.get_by_text("去连档案").tap()
    page.get_by_text("用微信手机号找").tap()
    page.get_by_test_id("phone-bound").tap()
    expect(page.get_by_test_id("whose")).to_contain_text("吴春花")
    shot(page, "people-first-home")

    page.goto(f"{house.url}/app/#/features/family/pages/invite")
    page.get_by_label("家人的姓名").fill("李卫东")
    page.get_by_test_id("choice-亲戚").tap()
    page.get_by_role("button", name="得到一个码").tap()
    code = page.get_by_test_id("issued-code").inner_text()
    assert re.fullmatch(r"\d{4} \d{4}", code.strip())

    helper = enter(people, HELPER)
    helper.get_by_text("去连档案").tap()
    helper.get_by_label("交接码").fill(code.replace(" ", ""))
    helper.get_by_role("button", name="用交接码连").tap()
    expect(helper.get_by_test_id("whose")).to_contain_text("替 吴春花 办")

    page.goto(f"{house.url}/app/#/features/family/pages/list")
    expect(page.get_by_text("李卫东 · 亲戚")).to_be_visible()
    page.get_by_role("button", name="不再让李卫东代办").tap()
    page.get_by_role("button", name="不再代办", exact=True).last.tap()
    expect(page.get_by_text("还没有家人替您办")).to_be_visible()
    helper.reload()
    expect(helper.get_by_text("先连上健康档案")).to_be_visible()


def test_the_village_doctor_finds_a_resident_who_then_sees_who_looked(house: House, people) -> None:
    doctor = people.phone("demo-xinmi-village-doctor-yuanzhuang-cun", "xinmi", "pages/people/index")
    doctor.get_by_label("找谁").fill("wgl")
    doctor.get_by_text("1958年生 · 户主本人").tap()
    expect(doctor.get_by_text("您看了这份资料，已经记下，本人能查到。")).to_be_visible()
    resident = people.phone("demo-xinmi-wang-guilan", "xinmi", "features/rights/pages/who-looked")
    expect(resident.get_by_text("樊大川").first).to_be_visible()
    expect(resident.get_by_text("看了基本资料").first).to_be_visible()


def test_the_console_makes_an_account_that_binds_wechat(house: House, people) -> None:
    shown = house.flask("staff", "create", "xinmi", "journey-nurse", "试验护士", "--at", "team_nurse@th-yuanzhuang")
    assert "密码" in shown
    code = re.search(r"绑定码 (\w+)", house.flask("staff", "bind-code", "xinmi", "journey-nurse"))
    assert code is not None
    page = people.phone("demo-xinmi-zhou-yulan", "xinmi", "features/work-identity/pages/bind")
    page.get_by_test_id("choice-code").tap()
    page.get_by_label("绑定码").fill(code[1])
    page.get_by_label("签字密码", exact=True).fill("260718")
    page.get_by_label("再填一遍签字密码").fill("260718")
    page.get_by_role("button", name="绑定", exact=True).tap()
    expect(page.get_by_text("试验护士").first).to_be_visible()

"""What a ward and the township do with their own hands on the way down: propose, hand over, take over."""

import re
from datetime import datetime

from playwright.sync_api import Page, expect

from tests.journeys.cast import PIN, Cast
from tests.journeys.doctoring import Shot
from tests.journeys.story import day

TEXTS = {
    "diagnosis-treatment": "高血压 3 级，用药后血压稳定在 138/84。",
    "prognosis": "按时吃药可以和平常一样生活。",
    "examinations": "心电图、肾功能，结果附后。",
    "further-plan": "每周量两次血压，吃药不停。",
    "rehabilitation": "每天走路半小时，少盐。",
    "come-back": "头疼得厉害、看不清、一边手脚没力，马上打 120。",
}


def propose_down(page: Page, cast: Cast, shot: Shot) -> None:
    """The ward doctor says that the patient recovers, and proposes the way home with the patient's own choice."""
    page.get_by_text("我的病区").first.click()
    page.get_by_role("button", name=re.compile(f"{cast.resident_name}.*快好了")).click()
    page.get_by_role("button", name=f"送{cast.resident_name}回去养").click()
    page.get_by_test_id("choice-home").click()
    page.get_by_test_id("next").click()
    page.get_by_test_id(f"choice-{cast.township}").click()
    page.get_by_test_id("chosen").click()
    page.get_by_test_id("next").click()
    page.get_by_test_id("choice-chronic-care").click()
    page.get_by_test_id("choice-hypertension-down/3").click()
    shot(page, f"{cast.county}-propose")
    page.get_by_test_id("next").click()
    expect(page.get_by_text(re.compile("还缺 [6-9] 样"))).to_be_visible()
    expect(page.get_by_test_id("send")).to_have_attribute("aria-disabled", "true")


def hand_over(page: Page, cast: Cast, now: datetime, shot: Shot) -> None:
    """Every part of the hand-over is written, and the sign sends it."""
    for code, words in TEXTS.items():
        page.get_by_test_id(f"part-{code}").click()
        page.locator(".ld-sheet textarea").fill(words)
        _keep(page)
    page.get_by_test_id("part-medicine").click()
    page.get_by_label("再加一种药").fill("苯磺酸氨氯地平片")
    page.get_by_label("怎么吃").fill("每天早上 1 片")
    _pick_day(page, "吃到哪天", day(now, 5))
    _keep(page)
    page.get_by_test_id("part-review-date").click()
    _pick_day(page, "哪天复查", day(now, 14))
    _keep(page)
    page.get_by_test_id("part-hospital-follows").click()
    page.get_by_test_id("choice-yes").click()
    page.get_by_label("谁来跟，电话多少").fill("心血管内科病房")
    _keep(page)
    expect(page.get_by_text("都写好了，可以交")).to_be_visible()
    shot(page, f"{cast.county}-hand-over")
    page.get_by_test_id("send").click()
    page.get_by_label("签字密码").fill(PIN)
    page.get_by_test_id("sign").click()
    expect(page.get_by_text(f"等患者 {cast.resident_name}看一遍、签字同意")).to_be_visible()


def take_over(page: Page, cast: Cast, shot: Shot) -> None:
    """The township doctor reads what the ward wrote and takes the patient over."""
    page.get_by_role("button", name=re.compile(f"看并(接|答复) {cast.resident_name}")).click()
    expect(page.get_by_text(TEXTS["further-plan"])).to_be_visible()
    shot(page, f"{cast.county}-take-over")
    page.get_by_test_id("take-over").click()
    expect(page.get_by_text("接下了，随访已经排好")).to_be_visible()


def _keep(page: Page) -> None:
    page.get_by_test_id("keep").click()
    expect(page.get_by_test_id("keep")).to_have_count(0)


def _pick_day(page: Page, label: str, wanted: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{label}")).last.click()
    found = page.get_by_test_id(f"day-{wanted}")
    if found.count() == 0:
        page.get_by_role("button", name="下个月").click()
    found.click()

"""The people of the story, in each county, by the names the demonstration knows them."""

from dataclasses import dataclass

import pyotp
from playwright.sync_api import Page, expect

from backend.people.demo.accounts import totp_secret

PASSWORD = "liandong-demo"
PIN = "201688"


@dataclass(frozen=True)
class Cast:
    """Openids of those who carry the mini-program, logins of those at a desk, and the pack's own places."""

    county: str
    resident: str
    resident_name: str
    birth_year: int
    proxy: str
    village_doctor: str
    family_doctor: str
    doctor_name: str
    head: str
    third: str  # who signs last, or registers
    township: str
    hospital: str
    hospital_name: str
    hospital_desk: str  # key of a desk login
    ward_doctor: str
    ward_head: str
    pharmacist: str
    dispenser: str


CASTS = {
    "xinmi": Cast(
        county="xinmi",
        resident="demo-xinmi-wang-guilan",
        resident_name="王桂兰",
        birth_year=1958,
        proxy="demo-xinmi-li-xiaomei",
        village_doctor="demo-xinmi-village-doctor-yuanzhuang-cun",
        family_doctor="demo-xinmi-family-doctor-yuanzhuang",
        doctor_name="张建国",
        head="demo-xinmi-department-head-yuanzhuang",
        third="demo-xinmi-desk-yuanzhuang",
        township="th-yuanzhuang",
        hospital="first-hospital",
        hospital_name="新密市第一人民医院",
        hospital_desk="desk-day",
        ward_doctor="demo-xinmi-ward-doctor-cardiology",
        ward_head="demo-xinmi-department-head-cardiology",
        pharmacist="demo-xinmi-pharmacist-yuanzhuang",
        dispenser="demo-xinmi-dispenser-yuanzhuang",
    ),
    "mangshi": Cast(
        county="mangshi",
        resident="demo-mangshi-xian-yanbao",
        resident_name="线岩保",
        birth_year=1959,
        proxy="",
        village_doctor="demo-mangshi-village-doctor-namu",
        family_doctor="demo-mangshi-family-doctor-fengping",
        doctor_name="李永昌",
        head="demo-mangshi-department-head-fengping",
        third="demo-mangshi-insurance-officer",
        township="th-fengping",
        hospital="people-hospital",
        hospital_name="芒市人民医院",
        hospital_desk="desk-day",
        ward_doctor="demo-mangshi-ward-doctor-cardiology",
        ward_head="demo-mangshi-department-head-cardiology",
        pharmacist="demo-mangshi-pharmacist-fengping",
        dispenser="demo-mangshi-dispenser-fengping",
    ),
}


def sign_in_at_desk(page: Page, county: str, key: str) -> None:
    """Sign in at the desk with login, password and the code of the second factor."""
    page.get_by_label("工作账号").fill(f"{county}.{key}")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("动态码").fill(pyotp.TOTP(totp_secret(county, key)).now())
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("工作账号")).to_have_count(0)


def allow(page: Page) -> None:
    """Say yes to WeChat's question whether reminders may be sent: one more credit."""
    page.get_by_role("button", name="允许").click()
    expect(page.get_by_role("button", name="允许")).to_have_count(0)


def draw_name(page: Page, nth: int = 0) -> None:
    """Write a name with the finger on the paper; a paper that was not ready yet is written on again."""
    signature = page.get_by_test_id("signature").nth(nth)
    _write_name(page, nth)
    for _ in range(4):
        page.wait_for_timeout(300)
        if "签好了" in signature.inner_text():
            break
        signature.get_by_role("button", name="重写").click()
        _write_name(page, nth)
    expect(signature).to_contain_text("签好了")


def _write_name(page: Page, nth: int) -> None:
    paper = page.get_by_test_id("signature-paper").nth(nth)
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    left, top = box["x"] + 30, box["y"] + box["height"] / 2
    page.mouse.move(left, top)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(left + step * 6, top + (28 if step % 4 < 2 else -28))
    page.mouse.up()

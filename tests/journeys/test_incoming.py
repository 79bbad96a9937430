"""Sent down on paper from above: written down on the phone, taken over by the family doctor, followed."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS, Cast
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House
from tests.journeys.story import day

ABOVE = {"xinmi": "河南省人民医院", "mangshi": "云南省第一人民医院"}


@pytest.fixture(params=list(CASTS))
def cast(request) -> Cast:
    return CASTS[request.param]


def somebody(house: House, cast: Cast) -> dict[str, Any]:
    """Somebody whom the family doctor has signed, who plays in no other journey and has brought no paper yet."""
    doctor = Caller(house, cast.family_doctor, cast.county)
    brought = {one["person"]["id"] for one in doctor.get("/incoming-transfers?limit=100")["items"]}
    return next(
        dict(one)
        for one in doctor.get("/residents?limit=100")["items"]
        if not one["conditions"]
        and not one["namesake"]
        and 1930 < one["birth_year"] < 2005
        and one["id"] not in brought
    )


def picture() -> bytes:
    """A photo of a paper, as a camera would make it."""
    paper = Image.new("RGB", (900, 1200), "white")
    ImageDraw.Draw(paper).rectangle((80, 80, 820, 1120), outline="black", width=4)
    out = io.BytesIO()
    paper.save(out, format="JPEG")
    return out.getvalue()


def pick_day(page: Page, label: str, wanted: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{re.escape(label)}")).last.click()
    found = page.get_by_test_id(f"day-{wanted}")
    for way in ("下个月", "上个月", "上个月"):
        if found.count():
            break
        page.get_by_role("button", name=way).click()
    found.click()


def write_down(page: Page, cast: Cast, patient: dict[str, Any], now: datetime, shot: Shot) -> None:
    """Step by step, as the paper lies on the table."""
    page.get_by_test_id("search").locator("input").fill(f"{patient['name']} {patient['birth_year']}")
    page.get_by_test_id(f"person-{patient['id']}").click()
    expect(page.get_by_test_id("missing")).to_contain_text("从哪家医院来")
    page.get_by_test_id("hospital").click()
    page.get_by_test_id(f"choice-{ABOVE[cast.county]}").click()
    pick_day(page, "哪天出院", day(now, -1))
    page.get_by_label("那边科室的电话（纸上有就写）").fill("0371-00001234")
    page.get_by_test_id("disease").click()
    page.get_by_test_id("choice-I10").click()
    page.get_by_test_id("choice-home").click()
    shot(page, f"{cast.county}-paper-from")
    page.get_by_test_id("next").click()
    page.get_by_test_id("part-diagnosis-treatment").click()
    page.get_by_test_id("part-medicine").click()
    page.get_by_test_id("add-drug").click()
    page.get_by_label("药名").fill("氨氯地平 5 mg")
    page.get_by_label("怎么吃").fill("每天早上 1 片")
    pick_day(page, "吃到哪天", day(now, 5))
    shot(page, f"{cast.county}-paper-drug")
    page.get_by_test_id("keep-drug").click()
    page.get_by_label("要留心什么").fill("头疼、看不清，马上回来")


def take_photo(page: Page) -> None:
    with page.expect_file_chooser() as chosen:
        page.get_by_test_id("photo").click()
    chosen.value.set_files({"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    expect(page.get_by_text("拍好了出院小结")).to_be_visible()


@pytest.mark.clause("MS-3b")
def test_a_paper_is_written_down_taken_over_and_followed(house: House, people: People, cast: Cast, shot: Shot) -> None:
    patient, now = somebody(house, cast), house.now()
    page = people.phone(cast.family_doctor, cast.county, "pages/referrals/index")
    page.get_by_text("拿着纸回来的病人").first.click()
    page.get_by_test_id("register").click()
    write_down(page, cast, patient, now, shot)

    page.reload()  # the phone rang, and WeChat threw the page away
    expect(page.get_by_test_id("paper-person")).to_contain_text(patient["name"])
    page.get_by_test_id("resume").click()
    page.get_by_test_id("next").click()
    expect(page.get_by_text("氨氯地平 5 mg")).to_be_visible()
    take_photo(page)
    shot(page, f"{cast.county}-paper-parts")
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("paper-missing")).to_contain_text("不耽误接人")
    page.get_by_test_id("house").click()
    page.get_by_test_id(f"choice-{cast.township}").click()
    shot(page, f"{cast.county}-paper-sum")
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("paper-done")).to_contain_text("登记好了")
    shot(page, f"{cast.county}-paper-done")

    doctor = people.phone(cast.family_doctor, cast.county, "pages/home/index")
    doctor.get_by_role("button", name=re.compile(f"看并接 {patient['name']}")).click()
    expect(doctor.get_by_test_id("lacks")).to_contain_text("0371-00001234")
    doctor.get_by_test_id("look").click()
    expect(doctor.get_by_test_id("summary")).to_be_visible()
    shot(doctor, f"{cast.county}-paper-receive")
    doctor.get_by_test_id("accept").click()
    expect(doctor.get_by_text("接下了，随访已经排好")).to_be_visible()
    expect(doctor.get_by_test_id("stand")).to_contain_text(f"{cast.doctor_name}医生接下了")
    shot(doctor, f"{cast.county}-paper-accepted")
    doctor.get_by_test_id("to-person").click()
    expect(doctor.get_by_role("button", name=re.compile("高血压 下次"))).to_be_visible()

    caller = Caller(house, cast.family_doctor, cast.county)
    plans = caller.get(f"/residents/{patient['id']}/follow-up-plans")["items"]
    assert [(one["basis"], one["condition"]) for one in plans if one["basis"] == "incoming"] == [
        ("incoming", "hypertension")
    ]


@pytest.mark.clause("MS-3b")
def test_a_house_that_cannot_asks_another_with_a_reason(house: House, people: People, cast: Cast, shot: Shot) -> None:
    patient, now = somebody(house, cast), house.now()
    caller = Caller(house, cast.family_doctor, cast.county)
    made = caller.post(
        "/incoming-transfers",
        {
            "resident_id": patient["id"],
            "from_name": ABOVE[cast.county],
            "discharged_on": (now - timedelta(days=1)).date().isoformat(),
            "category": "bed",
            "to_institution": cast.township,
            "diagnosis_text": "脑梗死恢复期",
        },
    )
    page = people.phone(cast.family_doctor, cast.county, "pages/referrals/index")
    page.get_by_text("拿着纸回来的病人").first.click()
    page.get_by_test_id(f"paper-{made['id']}").click()
    expect(page.get_by_test_id("accept")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_test_id("lacks")).to_contain_text("先问登记的人")
    shot(page, f"{cast.county}-paper-bed")
    page.get_by_test_id("pass-on").click()
    page.get_by_test_id("choice-not-our-ability").click()
    page.get_by_test_id(f"choice-{cast.hospital}").click()
    shot(page, f"{cast.county}-paper-pass-on")
    page.get_by_test_id("pass-on-send").click()
    expect(page.get_by_test_id("passed")).to_contain_text(cast.hospital_name)
    shot(page, f"{cast.county}-paper-passed")


@pytest.mark.clause("MS-3b")
def test_the_county_hospital_takes_over_to_a_bed(house: House, people: People, cast: Cast, shot: Shot) -> None:
    patient, now = somebody(house, cast), house.now()
    made = Caller(house, cast.family_doctor, cast.county).post(
        "/incoming-transfers",
        {
            "resident_id": patient["id"],
            "from_name": ABOVE[cast.county],
            "from_phone": "0371-00001234",
            "discharged_on": (now - timedelta(days=1)).date().isoformat(),
            "category": "bed",
            "to_institution": cast.hospital,
            "diagnosis_text": "高血压，调药后还要观察",
            "diagnosis_code": "I10",
        },
    )
    ward = people.phone(cast.ward_doctor, cast.county, "pages/home/index")
    ward.get_by_role("button", name=re.compile(f"看并接 {patient['name']}")).click()
    expect(ward.get_by_test_id("stand")).to_contain_text("接")
    shot(ward, f"{cast.county}-paper-hospital")
    ward.get_by_test_id("bed").locator("input").fill("18 床")
    ward.get_by_test_id("accept").click()
    expect(ward.get_by_test_id("stand")).to_contain_text("接下了")
    shot(ward, f"{cast.county}-paper-in-bed")
    ward.goto(f"{house.url}/app/#/features/handover/pages/ward")
    expect(ward.get_by_text(re.compile(rf"{patient['name']}")).first).to_be_visible()
    expect(ward.get_by_text("18 床").first).to_be_visible()
    shot(ward, f"{cast.county}-paper-ward")
    after = Caller(house, cast.ward_doctor, cast.county).get(f"/incoming-transfers/{made['id']}")
    assert after["status"] == "accepted"
    assert after["stay_id"]

"""What doctors do with their own hands before somebody goes up: the slip, the first visit, the referral."""

import io
import re
from collections.abc import Callable

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.journeys.cast import PIN, Cast

Shot = Callable[[Page, str], None]


def write_slip(page: Page, cast: Cast, shot: Shot) -> None:
    """The village doctor finds the resident and hands them to the township on half a page."""
    page.get_by_text("写转介单").first.click()
    page.get_by_label("送谁去").fill(cast.resident_name)
    found = re.compile(f"{cast.resident_name}.*{cast.birth_year} 年生", re.DOTALL)
    page.get_by_role("button", name=found).first.click()
    expect(page.get_by_test_id("slip-person")).to_contain_text(f"{cast.birth_year} 年生")
    page.get_by_test_id("send-slip").click()
    expect(page.get_by_text("请写上哪里不舒服。")).to_be_visible()
    page.get_by_label("哪里不舒服").fill("头胀两周，在家量高压一直 160 多")
    page.get_by_label("为什么要送").fill("两次调药没降下来")
    page.get_by_label("给过什么药、做过什么").fill("氨氯地平，一天一次")
    page.get_by_label("高压").fill("168")
    page.get_by_label("低压").fill("102")
    page.get_by_test_id("choice-car").click()
    page.get_by_label("跟谁说好了（没打就不写）").fill(cast.doctor_name)
    shot(page, f"{cast.county}-slip")
    page.get_by_test_id("send-slip").click()
    expect(page.get_by_test_id("slip-done")).to_contain_text("交给")


def see_first(page: Page, cast: Cast, shot: Shot) -> None:
    """The township doctor takes the slip from the list of today and sees the person; no end without an outcome."""
    page.get_by_role("button", name=re.compile(f"看并接 {cast.resident_name}")).click()
    expect(page.get_by_test_id("slip")).to_contain_text("168/102")
    shot(page, f"{cast.county}-slip-received")
    page.get_by_test_id("take").click()
    expect(page.get_by_test_id("slip-stand")).to_contain_text("来看")
    page.get_by_test_id("begin").click()
    page.get_by_test_id("open-visit").click()
    expect(page.get_by_text("首诊要写明是哪个科室负责")).to_be_visible()
    page.get_by_test_id("choice-general_practice").click()
    page.get_by_test_id("open-visit").click()
    expect(page.get_by_test_id("visit-person")).to_contain_text(cast.resident_name)
    page.get_by_label("查到什么").fill("两次调药后仍 168/102，无胸闷")
    page.get_by_test_id("finish-visit").click()
    refusal = page.get_by_test_id("problem")
    expect(refusal).to_contain_text("谁先看，谁负责到底")
    expect(refusal).to_contain_text("还没有写初步诊断")
    page.get_by_label("初步诊断").fill("高血压 3 级")
    page.get_by_test_id("disease").click()
    page.get_by_test_id("choice-I10").click()
    page.get_by_test_id("choice-referred_up").click()
    shot(page, f"{cast.county}-first-visit")
    page.get_by_test_id("finish-visit").click()
    expect(page.get_by_test_id("visit-outcome")).to_contain_text("转到上面的医院")


def paper() -> bytes:
    """A photo of a paper, as a camera would make it."""
    sheet = Image.new("RGB", (900, 1200), "white")
    ImageDraw.Draw(sheet).rectangle((80, 80, 820, 1120), outline="black", width=4)
    out = io.BytesIO()
    sheet.save(out, format="JPEG")
    return out.getvalue()


def put_along(page: Page, cast: Cast, shot: Shot) -> None:
    """A drug as it stands on the box, and a picture that does not go at first: told, and sent again."""
    page.get_by_test_id("add-drug").click()
    page.get_by_label("药名").fill("阿司匹林 100 mg")
    page.get_by_label("怎么吃").fill("每天晚上 1 片")
    page.get_by_test_id("keep-drug").click()
    expect(page.get_by_test_id("along-drugs")).to_contain_text("阿司匹林 100 mg")
    page.get_by_test_id("add-picture").click()
    page.get_by_test_id("choice-ecg").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_test_id("photo").click()
    chosen.value.set_files({"name": "ecg.jpg", "mimeType": "image/jpeg", "buffer": paper()})
    expect(page.get_by_text("拍好了")).to_be_visible()
    page.get_by_label("要看什么").fill("左室高电压")
    shot(page, f"{cast.county}-along-picture")
    page.context.set_offline(True)
    page.get_by_test_id("send-picture").click()
    expect(page.get_by_test_id("not-sent")).to_contain_text("照片还没有传上去")
    shot(page, f"{cast.county}-along-not-sent")
    page.context.set_offline(False)
    page.get_by_test_id("send-again").click()
    expect(page.get_by_test_id("along-pictures")).to_contain_text("左室高电压")
    expect(page.get_by_test_id("not-sent")).to_have_count(0)
    shot(page, f"{cast.county}-along-wizard")


def refer_up(page: Page, cast: Cast, shot: Shot, *, category: str = "outpatient") -> None:
    """The wizard, from the first visit to the sign; what is missing is told all at once and mended."""
    page.get_by_test_id("refer").click()
    expect(page.get_by_test_id("step-title")).to_have_text("为什么转")
    page.get_by_test_id("choice-undiagnosed").click()
    page.get_by_test_id("choice-hypertension-up/3").click()
    shot(page, f"{cast.county}-refer-why")
    page.get_by_test_id("next").click()
    page.get_by_test_id(f"choice-{cast.hospital}").click()
    page.get_by_test_id(f"choice-{category}").click()
    page.get_by_test_id("department").click()
    page.get_by_test_id("choice-cardiology").click()
    shot(page, f"{cast.county}-refer-where")
    page.get_by_test_id("next").click()
    expect(page.get_by_label("病情，查到什么")).to_have_value("两次调药后仍 168/102，无胸闷")
    seen = page.get_by_role("checkbox", name="看病：高血压 3 级")
    expect(seen).to_have_attribute("aria-checked", "true")  # goes along by itself; taken off again here
    seen.click()
    put_along(page, cast, shot)
    shot(page, f"{cast.county}-refer-records")
    page.get_by_test_id("next").click()
    missing = page.get_by_test_id("problems")
    expect(missing).to_contain_text("还没有让病人自己选去哪家")
    expect(missing).to_contain_text("没有附病历和检查")
    shot(page, f"{cast.county}-refer-problems")
    page.get_by_role("button", name=re.compile("去改：没有附病历")).click()
    seen.click()
    page.get_by_test_id("back-step").click()
    page.get_by_test_id("chosen").click()
    page.get_by_test_id("next").click()
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("summary-card")).to_contain_text("病人自己选的")
    expect(page.get_by_test_id("estimate")).to_contain_text("起付线")
    page.get_by_test_id("choice-phone").click()
    page.get_by_label("签字密码").fill(PIN)
    shot(page, f"{cast.county}-refer-sign")
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("now-title")).to_contain_text(f"等患者 {cast.resident_name}看一遍")

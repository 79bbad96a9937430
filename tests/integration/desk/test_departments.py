"""分科 at the desk: seen as one that lacks its department, chosen by key from the house's own, given on when wrong."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from backend.alliance.queries import pack
from backend.kernel.roles import Role
from backend.store.db import transaction
from tests.factories import Person
from tests.integration.booking.beds_rig import fresh_bed
from tests.integration.desk.browser import browser_of
from tests.integration.desk.keyboard import press_to
from tests.integration.referrals.rig import Cast, signer

ASKS = "没写科室，请分一个科"


def name_of(cast: Cast, department: str) -> str:
    with cast.app.app_context(), transaction():
        return pack(cast.county).institutions.department(department).name


def row_of(page: str, referral: str) -> str:
    return page.split(f'data-id="{referral}"')[1].split("</tr>", maxsplit=1)[0]


@pytest.mark.clause("XM-5.4b")
@pytest.mark.clause("MS-4.2.1")
def test_the_clerk_gives_it_to_a_department_and_it_stays_in_the_list_with_it(app: Flask, cast: Cast) -> None:
    doctor = signer(app, cast.places.hospital, Role.SPECIALIST, county=cast.county, department="nephrology")
    desk, referral = browser_of(app, cast.clerk), cast.submitted(to_department=None)
    assert ASKS in row_of(desk.text("/desk/answers?filter=open"), referral)
    case = desk.text(f"/desk/answers/{referral}")
    assert ASKS in case
    assert f'hx-post="/desk/answers/{referral}/department"' in case
    assert "分科 <kbd>Enter</kbd>" in case
    assert "可以来 <kbd>Enter</kbd>" not in case, "a yes without a department would be refused"
    form = case.split('id="department"')[1].split("</form>")[0]
    assert 'value="nephrology"' in form
    assert 'value="referral_office"' not in form, "an office sees no patients"
    assert cast.places.foreign not in case

    done = desk.post(f"/desk/answers/{referral}/department", department="nephrology", instead_of="")
    assert done.status_code == 200, done.text
    said = json.loads(done.headers["HX-Trigger"])["said"]
    assert said == f"分到{name_of(cast, 'nephrology')}了：科里的医生收到了，由他们答复。"
    row = row_of(done.text, referral)
    assert (ASKS in row, name_of(cast, "nephrology") in row, "科里在定" in row) == (False, True, True)
    assert f'data-id="{referral}"' not in desk.text("/desk/answers?filter=open")
    case = desk.text(f"/desk/answers/{referral}")
    assert f"分到{name_of(cast, 'nephrology')}，科里在定" in case
    assert "分错了，换科 <kbd>K</kbd>" in case
    assert "转医务科 <kbd>M</kbd>" not in case, "it is passed on already"
    assert 'name="instead_of" value="nephrology"' in case
    # Whoever answers there sees the same, and chooses nothing for others.
    theirs = browser_of(app, doctor).text(f"/desk/answers/{referral}")
    assert "换科 <kbd>K</kbd>" not in theirs
    assert "可以来 <kbd>Enter</kbd>" in theirs


def test_refusals_speak_and_another_house_finds_nothing(app: Flask, cast: Cast) -> None:
    desk, referral = browser_of(app, cast.clerk), cast.submitted(to_department=None)
    for department in ("", "referral_office", "no-such"):
        refused = desk.post(f"/desk/answers/{referral}/department", department=department)
        assert refused.status_code == 422
        assert "看病人的科室" in refused.text
    yes = desk.post(f"/desk/answers/{referral}/accept")
    assert yes.status_code == 422
    assert "先说去哪个科" in yes.text
    elsewhere = browser_of(app, signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county))
    assert elsewhere.post(f"/desk/answers/{referral}/department", department="cardiology").status_code == 404
    second = browser_of(app, signer(app, cast.places.hospital, Role.DESK_CLERK, county=cast.county))
    assert desk.post(f"/desk/answers/{referral}/department", department="cardiology").status_code == 200
    late = second.post(f"/desk/answers/{referral}/department", department="neurology")
    assert late.status_code == 409
    assert f"已经分到{name_of(cast, 'cardiology')}了" in late.text


def test_no_bed_is_kept_before_it_is_known_in_which_department(app: Flask, cast: Cast) -> None:
    desk, referral = browser_of(app, cast.clerk), cast.submitted(to_department=None, category="stay")
    assert "留床位" not in desk.text(f"/desk/answers/{referral}")
    assert desk.post(f"/desk/answers/{referral}/bed", bed=fresh_bed()).status_code == 422
    assert cast.doctor.get(f"/api/v1/referrals/{referral}/bed").json["status"] == "asked"
    assert desk.post(f"/desk/answers/{referral}/department", department="nephrology").status_code == 200
    assert "留床位 <kbd>B</kbd>" in desk.text(f"/desk/answers/{referral}")
    assert desk.post(f"/desk/answers/{referral}/bed", bed=fresh_bed()).status_code == 200


def test_a_doctor_of_the_house_is_told_that_the_desk_chooses(app: Flask, cast: Cast) -> None:
    referral = cast.submitted(to_department=None)
    case = browser_of(app, cast.hospital_head).text(f"/desk/answers/{referral}")
    assert "转诊服务台在分科" in case
    assert f"/desk/answers/{referral}/department" not in case
    assert '<option value="">请选</option>' in case, "no department is taken by accident"


def test_a_department_without_a_doctor_is_said_to_be_with_the_office(app: Flask, cast: Cast) -> None:
    desk, referral = browser_of(app, cast.clerk), cast.submitted(to_department=None)
    done = desk.post(f"/desk/answers/{referral}/department", department="stomatology")
    assert "没有能答复的医生，已请医务科定" in json.loads(done.headers["HX-Trigger"])["said"]
    assert "医务科在定" in row_of(done.text, referral)


def test_by_keys_alone(app: Flask, xinmi: Cast, open_page: Callable[[Person, str], Page]) -> None:
    referral = xinmi.submitted(to_department=None)
    page = open_page(xinmi.clerk, "/desk/answers")
    press_to(page, referral)
    expect(page.locator("#case")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#case #department")).to_have_count(1)
    page.keyboard.press("Enter")
    radios = page.locator("#department input[type=radio]")
    expect(radios.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    wanted = page.locator("#department input:checked").get_attribute("value")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("分到")
    # The case beside the list is the new one: whoever looks sees what was done, and may do it otherwise.
    expect(page.locator("#case")).to_contain_text("分错了，换科")
    assert xinmi.read(referral)["to_place"]["department"] == wanted
    page.keyboard.press("k")
    expect(page.locator("#department input[type=radio]").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    other = page.locator("#department input:checked").get_attribute("value")
    assert other != wanted
    page.keyboard.press("Enter")
    expect(page.locator("#case")).to_contain_text("改到")
    assert xinmi.read(referral)["to_place"]["department"] == other

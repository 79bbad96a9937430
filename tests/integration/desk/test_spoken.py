"""A telephone answer at the desk: found by pinyin, written down by hand or by keys, and settled when disowned."""

import json
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from backend.kernel.roles import Role
from backend.people.models import Account, Practitioner
from backend.people.pinyin import pinyin_of
from backend.store.db import transaction
from backend.worklist.models import Task
from tests.factories import Person
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.desk.keyboard import press_to
from tests.integration.referrals.rig import Cast, signer

NO = {"said": "no", "reason": "not-our-ability", "alternative_institution": "tcm-hospital"}


def doctor_of(cast: Cast, name: str = "段思平", *roles: Role, department: str | None = "cardiology") -> Person:
    return signer(
        cast.app, cast.places.hospital, *(roles or (Role.SPECIALIST,)), county=cast.county, department=department,
        name=name, name_pinyin=pinyin_of(name),
    )  # fmt: skip


def id_of(person: Person) -> str:
    with person.app.app_context(), transaction() as current:
        return str(current.get_one(Account, (person.county_id, person.account_id)).practitioner_id)


def said(answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["said"]


def offered(desk: Browser, referral: str, **asked: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return desk.text(f"/desk/answers/{referral}/who?{query}", part=True)


@pytest.mark.clause("MS-4.2.1")
@pytest.mark.clause("XM-5.4b")
def test_a_clerk_finds_who_spoke_and_writes_it_down(app: Flask, cast: Cast) -> None:
    doctor, referral, desk = doctor_of(cast, "庹穆禾"), cast.submitted(), browser_of(app, cast.clerk)
    case = desk.text(f"/desk/answers/{referral}")
    assert "记电话答复" in case
    assert "不能替医生定" in case
    for asked in ("庹穆", "tmh", "tuomuh"):
        assert f'value="{id_of(doctor)}"' in offered(desk, referral, who=asked)
    done = desk.post(f"/desk/answers/{referral}/spoken", said="yes", said_by=id_of(doctor), day="2026-12-24")
    assert done.status_code == 200, done.text
    assert f'data-id="{referral}"' not in done.text
    assert "庹穆禾说可以来" in said(done)
    body = cast.read(referral)
    assert (body["answer"]["status"], body["wanted_on"]) == ("accepted", "2026-12-24")
    assert "报到" in body["answer"]["note"]
    seen = desk.text(f"/desk/answers/{referral}")
    assert "庹穆禾电话里说的" in seen
    assert "记电话答复" not in seen


def test_the_search_shows_this_department_and_the_medical_office_and_nobody_else(app: Flask, cast: Cast) -> None:
    referral, desk = cast.submitted(), browser_of(app, cast.clerk)
    ours = [doctor_of(cast, "刀岩一"), doctor_of(cast, "刀岩二", Role.MEDICAL_OFFICE, department=None)]
    nerves, clerk = doctor_of(cast, "刀岩三", department="neurology"), doctor_of(cast, "刀岩四", Role.DESK_CLERK)
    gone = doctor_of(cast, "刀岩五")
    with app.app_context(), transaction() as current:
        current.get_one(Practitioner, (cast.county, UUID(id_of(gone)))).active = False
    elsewhere = signer(
        app, cast.places.other_hospital, Role.SPECIALIST, county=cast.county, department="cardiology", name="刀岩六"
    )
    page = offered(desk, referral, who="刀岩")
    assert all(id_of(one) in page for one in ours)
    assert not any(id_of(one) in page for one in (nerves, clerk, gone, elsewhere))
    assert id_of(nerves) in offered(desk, referral, who="刀岩", department="neurology")
    assert id_of(nerves) not in offered(desk, referral, who="刀岩", department="neurology", said="no")
    assert "转医务科" in offered(desk, referral, who="没有这个人")
    assert offered(desk, referral).count('name="said_by"') <= 12
    ward = doctor_of(cast, "刀岩七", Role.WARD_DOCTOR)
    assert " checked" in offered(desk, referral, who="刀岩七", said_by=id_of(ward))
    assert id_of(ward) not in offered(desk, referral, who="刀岩七", said="no"), "whose no would be none is not offered"


@pytest.mark.clause("MS-4.1a")
def test_a_no_says_all_that_is_missing_and_whose_rule_it_is(app: Flask, cast: Cast) -> None:
    referral, desk = cast.submitted(), browser_of(app, cast.clerk)
    doctor, ward = doctor_of(cast), doctor_of(cast, "管小床", Role.WARD_DOCTOR)
    path = f"/desk/answers/{referral}/spoken"
    refused = desk.post(path, **NO, said_by=id_of(ward))
    assert refused.status_code == 422
    assert "管小床不能因为病情回绝病人" in refused.text
    assert cast.places.foreign not in refused.text
    assert "还没有选" in desk.post(path, **NO).text
    assert "选一个理由" in desk.post(path, said="no", said_by=id_of(doctor)).text
    done = desk.post(path, **NO, said_by=id_of(doctor))
    assert done.status_code == 200, done.text
    assert cast.read(referral)["answer"]["status"] == "declined"


def test_a_bed_is_kept_with_the_yes(app: Flask, cast: Cast) -> None:
    desk, doctor = browser_of(app, cast.clerk), doctor_of(cast)
    referral = cast.submitted(category="stay")
    assert "留哪张床" in desk.text(f"/desk/answers/{referral}")
    done = desk.post(f"/desk/answers/{referral}/spoken", said="yes", said_by=id_of(doctor), bed="12 床")
    assert done.status_code == 200, done.text
    assert "床还没有留" not in said(done)
    assert cast.doctor.get(f"/api/v1/referrals/{referral}/bed").json["bed"] == "12 床"


def test_a_yes_without_a_bed_says_so(app: Flask, xinmi: Cast) -> None:
    referral = xinmi.submitted(category="stay")
    done = browser_of(app, xinmi.clerk).post(
        f"/desk/answers/{referral}/spoken", said="yes", said_by=id_of(doctor_of(xinmi))
    )
    assert "床还没有留" in said(done)


def test_who_decides_themselves_has_no_such_form(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    office = browser_of(app, doctor_of(cast, "医务", Role.MEDICAL_OFFICE, department=None))
    assert "记电话答复" not in office.text(f"/desk/answers/{referral}")
    assert "<kbd>H</kbd> 记电话" not in office.text("/desk/answers")
    assert office.get(f"/desk/answers/{referral}/who").status_code == 403
    elsewhere = browser_of(app, signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county))
    assert elsewhere.get(f"/desk/answers/{referral}/who?who=dsp").status_code == 404
    assert elsewhere.post(f"/desk/answers/{referral}/spoken", said_by=id_of(doctor_of(cast))).status_code == 404


def test_what_was_disowned_is_asked_again_and_marked(app: Flask, cast: Cast) -> None:
    desk, doctor, referral = browser_of(app, cast.clerk), doctor_of(cast), cast.submitted()
    desk.post(f"/desk/answers/{referral}/spoken", **NO, said_by=id_of(doctor))
    answer = cast.read(referral)["answer"]["id"]
    assert doctor.post(f"/api/v1/spoken-answers/{answer}/disown", {}).status_code == 200
    page = desk.text("/desk/answers")
    row = page[page.index(f'data-id="{referral}"') :]
    assert "重新问" in row[: row.index("</tr>")]
    assert "段思平说没有这样说过" in desk.text(f"/desk/answers/{referral}")


def test_a_dispute_after_the_certificate_stands_on_the_list_until_it_is_settled(app: Flask, cast: Cast) -> None:
    desk, doctor, referral = browser_of(app, cast.clerk), doctor_of(cast), cast.submitted()
    assert cast.consent(referral).status_code == 200
    desk.post(f"/desk/answers/{referral}/spoken", said="yes", said_by=id_of(doctor))
    answer = cast.read(referral)["answer"]["id"]
    cast.sign_all(referral)
    assert doctor.post(f"/api/v1/spoken-answers/{answer}/disown", {}).json["standing"] == "at_desk"
    page = desk.text("/desk/answers")
    strip = page[page.index("电话答复要核对") :]
    assert cast.read(referral)["person"]["name"] in strip
    path = re.search(r"/desk/answers/sorted-out/[0-9a-f-]+", strip)
    assert path is not None
    elsewhere = browser_of(app, signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county))
    assert path.group() not in elsewhere.text("/desk/answers")
    assert elsewhere.post(path.group()).status_code == 404
    done = desk.post(path.group())
    assert done.status_code == 200, done.text
    assert path.group() not in done.text
    assert cast.read(referral)["status"] == "issued"


def test_another_task_is_not_settled_here(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    with app.app_context(), transaction() as current:
        task = current.scalars(
            select(Task.id).where(Task.focus_id == UUID(referral), Task.kind == "referral.answer")
        ).one()
    assert browser_of(app, cast.clerk).post(f"/desk/answers/sorted-out/{task}").status_code == 409


def test_a_telephone_answer_is_written_down_without_the_mouse(
    xinmi: Cast, open_page: Callable[[Person, str], Page]
) -> None:
    doctor_of(xinmi, "岩罕井龙")
    referral = xinmi.submitted()
    page = open_page(xinmi.clerk, "/desk/answers")
    press_to(page, referral)
    expect(page.locator(f'#spoken[hx-post="/desk/answers/{referral}/spoken"]')).to_be_attached()
    expect(page.locator("#case")).to_have_attribute("aria-busy", "false")
    page.keyboard.press("h")
    expect(page.locator("#said-yes")).to_be_focused()
    page.keyboard.press("ArrowDown")  # 接不了
    expect(page.locator("#spoken .no")).to_be_visible()
    expect(page.locator("#spoken .yes")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.type("yhjl")
    expect(page.locator("#said-people input")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#said-people input")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("没")  # by its first character, as every select
    page.locator('#spoken select[name="reason"]').select_option("no-bed")
    page.locator('#spoken input[name="free_on"]').fill("2026-12-24")
    page.keyboard.press("Enter")
    expect(page.locator("#spoken")).not_to_be_visible()
    expect(page.locator(f'tr[data-id="{referral}"]')).to_have_count(0)
    answer = xinmi.read(referral)["answer"]
    assert (answer["status"], answer["contact"], answer["free_on"]) == ("declined", "岩罕井龙", "2026-12-24")

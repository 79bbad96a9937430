"""The story in both counties: signing with a doctor, asking, being referred up, and what comes after.

What a person does with their own hands is done in Chromium; what others do meanwhile goes over HTTP as their phone
would. The tests of a county follow each other: each goes on where the one before left the people.
"""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.integration.referrals.rig import drawn
from tests.journeys.advising import ADVICE, REPLY, advise, answer_advice
from tests.journeys.cast import CASTS, PIN, Cast, allow, draw_name, sign_in_at_desk
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot, refer_up, see_first, write_slip
from tests.journeys.house import House
from tests.journeys.story import Story, day
from tests.journeys.told import turn_to
from tests.journeys.warding import hand_over, propose_down, take_over


@pytest.fixture(params=list(CASTS))
def cast(request) -> Cast:
    return CASTS[request.param]


def test_contract_and_chat(house: House, people: People, cast: Cast, shot: Callable[[Page, str], None]) -> None:
    story = Story(house, cast)
    team = story.team

    # The resident compares teams, chooses, sees who pays, and signs by hand.
    resident = people.phone(cast.resident, cast.county)
    resident.get_by_text("看看有哪些医生").click()
    expect(resident.get_by_test_id(f"team-{team['id']}")).to_be_visible()
    shot(resident, f"{cast.county}-teams")
    resident.get_by_test_id(f"choose-{team['id']}").click()
    draw_name(resident)
    shot(resident, f"{cast.county}-contract")
    resident.get_by_test_id("sign").click()
    allow(resident)
    expect(resident.get_by_test_id("contract-waiting")).to_be_visible()

    # The doctor accepts; the contract runs, and one never has two.
    doctor = people.phone(cast.family_doctor, cast.county)
    doctor.get_by_text("签约申请").first.click()
    doctor.get_by_role("button", name=f"接收{cast.resident_name}").click()
    expect(doctor.get_by_role("button", name=f"接收{cast.resident_name}")).to_have_count(0)
    second = story.phone(cast.resident).call(
        "POST", "/contracts", {"team_id": team["id"], "package": "basic", "signature": drawn(), "members": []}
    )
    assert second.status in (409, 422)

    # Both talk; what the doctor writes appears while the page is open.
    talk = story.phone(cast.resident).post("/conversations")
    resident.goto(f"{house.url}/app/#/features/chat/pages/conversation?id={talk['id']}")
    resident.reload()
    words = "医生，我今天头有点胀，药还照吃吗？"
    resident.get_by_test_id("words").locator("textarea").fill(words)
    resident.get_by_test_id("send").click()
    allow(resident)
    said = resident.get_by_role("log")
    expect(said.get_by_text(words)).to_be_visible()
    answer = "照吃，晚上量一次血压发给我。"
    story.phone(cast.family_doctor).post(
        f"/conversations/{talk['id']}/messages", {"text": answer, "client_message_id": str(uuid4())}
    )
    expect(said.get_by_text(answer)).to_be_visible()
    shot(resident, f"{cast.county}-chat")


def test_up(house: House, people: People, cast: Cast, shot: Callable[[Page, str], None]) -> None:
    story = Story(house, cast)
    name = cast.county

    # The village doctor hands over, the township doctor sees first and refers, each with their own hands.
    write_slip(people.phone(cast.village_doctor, name), cast, shot)
    doctor = people.phone(cast.family_doctor, name)
    see_first(doctor, cast, shot)
    refer_up(doctor, cast, shot)
    referral = doctor.url.split("id=")[-1]

    # The resident reads what was explained, sees what it costs and where else one could go, and signs.
    resident = people.phone(cast.resident, cast.county)
    expect(resident.get_by_text("医生建议转诊")).to_be_visible()
    shot(resident, f"{name}-home")
    resident.get_by_text("看明白再签").first.click()
    expect(resident.get_by_text(cast.hospital_name).first).to_be_visible()
    expect(resident.get_by_test_id("along-words")).to_contain_text("看病")
    expect(resident.get_by_test_id("along-drugs")).to_be_visible()
    expect(resident.get_by_test_id("estimate")).to_contain_text("起付线")
    resident.get_by_test_id("understood").click()
    resident.get_by_test_id("language").click()
    resident.get_by_test_id("choice-普通话").click()
    draw_name(resident)
    shot(resident, f"{name}-consent")
    resident.get_by_test_id("agree").click()
    allow(resident)
    expect(resident.get_by_test_id("now-title")).not_to_contain_text("签字同意")
    shot(resident, f"{name}-status")

    # The desk says yes, at the desk.
    desk = people.desk("/desk/")
    sign_in_at_desk(desk, cast.county, cast.hospital_desk)
    row = desk.locator(f'tr[data-id="{referral}"]')
    expect(row).to_contain_text(cast.resident_name)
    row.click()
    expect(desk.locator("#case")).to_contain_text("高血压 3 级")
    expect(desk.locator("#case")).to_contain_text("阿司匹林 100 mg，每天晚上 1 片")
    with desk.expect_popup() as opened:
        desk.get_by_role("link", name="看心电图").click()
    expect(opened.value.locator("img")).to_have_count(1)
    opened.value.close()
    shot(desk, f"desk-{name}")
    for _ in range(4):  # a live update may redraw the case between look and press; a person presses again
        if row.count():
            row.click()
            desk.locator("#case").get_by_role("button", name=re.compile("可以来")).first.click()
            desk.wait_for_timeout(4000)
    expect(row).to_have_count(0)

    # The doctor who receives reads on the phone what goes along, and looks at the picture.
    receiving = people.phone(cast.ward_head, name)
    expect(receiving.get_by_test_id("tab-messages")).to_be_visible()
    receiving.goto(f"{house.url}/app/#/features/referrals/pages/status?id={referral}")
    expect(receiving.get_by_test_id("along-words")).to_contain_text("两次调药后仍 168/102")
    expect(receiving.get_by_test_id("along-drugs")).to_contain_text("阿司匹林 100 mg")
    receiving.get_by_role("button", name="看心电图").click()
    expect(receiving.get_by_label("心电图的照片")).to_be_visible()
    receiving.get_by_test_id("along-words").scroll_into_view_if_needed()
    shot(receiving, f"{name}-along-status")

    # Signatures follow, each by who may; the department head in two taps.
    head = people.phone(cast.head, cast.county)
    head.get_by_role("button", name=re.compile(f"看并签 {cast.resident_name}")).first.click()
    expect(head.get_by_test_id("sign-person")).to_contain_text(cast.resident_name)
    head.get_by_test_id("pin").locator("input").fill(PIN)
    shot(head, f"{name}-sign")
    head.get_by_test_id("sign").click()
    expect(head.get_by_text("签好了").first).to_be_visible()
    story.sign(cast.third, referral)

    # The certificate exists, and a place is chosen from the referral pool; it confirms itself.
    expect(resident.get_by_test_id("now-title")).to_contain_text("证明开好了")
    resident.get_by_test_id("choose-place").click()
    expect(resident.get_by_text("转诊优先号").first).to_be_visible()
    shot(resident, f"{name}-places")
    resident.locator(".times .ld-button").first.click()
    expect(resident.get_by_test_id("place-time")).to_be_visible()
    shot(resident, f"{name}-appointment")
    resident.goto(f"{house.url}/app/#/features/referrals/pages/certificate?id={referral}")
    resident.reload()
    expect(resident.get_by_test_id("certificate-number")).to_be_visible()
    shot(resident, f"{name}-certificate")
    number = resident.get_by_test_id("certificate-number").inner_text()

    # At the door the paper is verified, and the patient admitted to a bed; the public page knows the paper too.
    desk.goto(f"{house.url}/desk/arrivals")
    desk.get_by_label("来了一位").fill(number.replace(" ", ""))
    desk.get_by_role("button", name=re.compile("^找")).click()
    expect(desk.locator("#case")).to_contain_text(cast.resident_name)
    desk.get_by_label("来做什么").select_option("stay")
    desk.get_by_label(re.compile("哪个科")).select_option("cardiology")
    desk.get_by_label(re.compile("哪张床")).fill("21 床")
    shot(desk, f"desk-arrival-{name}")
    desk.get_by_role("button", name=re.compile("登记到院")).click()
    patient = story.phone(cast.resident)
    house.wait_for(lambda: patient.get(f"/referrals/{referral}")["status"] == "arrived", "the arrival", 30)


def test_down_and_followed(house: House, people: People, cast: Cast, shot: Callable[[Page, str], None]) -> None:
    story = Story(house, cast)
    # The ward proposes and writes the hand-over by hand; nothing is sent while a part is missing.
    ward = people.phone(cast.ward_doctor, cast.county)
    now = house.now()
    propose_down(ward, cast, shot)
    referral = ward.url.split("id=")[-1]
    hand_over(ward, cast, now, shot)
    story.consent(referral)
    for openid in story.signers_down:
        story.sign(openid, referral)
    take_over(people.phone(cast.family_doctor, cast.county), cast, shot)
    resident = story.phone(cast.resident)
    assert resident.get(f"/referrals/{referral}")["status"] == "arrived"

    # The plan began in that very transaction; its first look is before the discharge drugs run out.
    look = story.next_look()
    assert look["due_on"] == day(now, 3)

    # The tick asks when it is due; the notice goes out through WeChat on the credit the person gave.
    resident.give_credit(cast.resident, "follow_up_due")
    turn_to(house, look["due_on"])
    inbox = house.wait_for(lambda: resident.inbox(cast.resident, "您有一条健康提醒"), "a reminder in the inbox", 240)
    assert not any(cast.resident_name in str(one) for one in inbox)

    # A dangerous answer shows advice at once and is on the family doctor's list, first, with a timer.
    page = people.phone(cast.resident, cast.county)
    expect(page.get_by_text(re.compile("量血压")).first).to_be_visible()
    shot(page, f"{cast.county}-home-due")
    done = story.answer_badly(look["id"])
    assert done["outcome"] == "danger"
    assert "120" in done["advice"]
    first = cast.family_doctor if cast.county == "xinmi" else cast.village_doctor  # each county's own ladder
    doctor = people.phone(first, cast.county)
    danger = doctor.get_by_test_id("section-danger")
    expect(danger).to_contain_text("186/112")
    expect(danger).to_contain_text("过了转给")
    shot(doctor, f"{cast.county}-today-danger")


@pytest.mark.clause("MS-4.2.3c")
def test_the_hospital_sees_and_advises(house: House, people: People, cast: Cast, shot: Shot) -> None:
    """After the story's way down: the ward's doctor advises, the family doctor decides, the patient reads of it."""
    ward = people.phone(cast.ward_doctor, cast.county)
    advise(ward, cast, shot)
    answer_advice(people.phone(cast.family_doctor, cast.county), cast, shot)
    ward.reload()
    expect(ward.get_by_test_id("advice-taken_on")).to_be_visible()
    ward.get_by_test_id("advice-taken_on").click()
    expect(ward.get_by_test_id("advice-answer")).to_contain_text(REPLY)
    resident = people.phone(cast.resident, cast.county, "features/followup/pages/plan")
    told = resident.get_by_test_id("advised").first
    expect(told).to_contain_text("的医生建议：用药")
    expect(told).to_contain_text("家庭医生采用了")
    expect(resident.get_by_text(ADVICE)).to_have_count(0)
    shot(resident, f"{cast.county}-advised")

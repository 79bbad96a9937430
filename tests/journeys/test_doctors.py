"""What the story does not come by: a slip without a signal, a wish alone, and a referral that a signer sends back."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS, PIN, Cast
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House


@pytest.fixture(params=list(CASTS))
def cast(request) -> Cast:
    return CASTS[request.param]


SIGNED = {"xinmi": "demo-xinmi-yuanzhuang-cun-5-4", "mangshi": "demo-mangshi-zheyan-2-3"}
"""Somebody on WeChat whom the family doctor of the story has signed, and who plays in no other journey."""


def neighbour(house: House, cast: Cast, nth: int) -> dict[str, Any]:
    """Somebody of the same village who plays in no other journey and has no namesake there."""
    found = Caller(house, cast.village_doctor, cast.county).get("/residents?limit=100")["items"]
    home = next(one["village"] for one in found if one["name"] == cast.resident_name)
    grown = [
        one
        for one in found
        if one["village"] == home and not one["conditions"] and not one["namesake"] and one["birth_year"] < 1990
    ]
    return dict(grown[-1 - nth])


def seen_by_doctor(house: House, cast: Cast, patient: dict[str, Any], **finding: Any) -> str:
    """A first visit that ends in going up, over HTTP; its id."""
    doctor = Caller(house, cast.family_doctor, cast.county)
    visit = doctor.post("/visits", {"resident_id": patient["id"], "department": "general_practice"})
    doctor.post(
        f"/visits/{visit['id']}/finish",
        {"diagnosis_code": "I10", "diagnosis_text": "高血压", "outcome": "referred_up"} | finding,
    )
    return str(visit["id"])


def test_a_slip_written_without_a_signal_arrives_once_it_is_back(
    house: House, people: People, cast: Cast, shot: Shot
) -> None:
    patient = neighbour(house, cast, 0)
    page = people.phone(cast.village_doctor, cast.county, "features/first-visit/pages/slip")
    page.get_by_label("送谁去").fill(patient["name"])
    expect(page.get_by_test_id(f"person-{patient['id']}")).to_be_visible()
    page.wait_for_function("Object.keys(localStorage).some((name) => name.includes('kept.village'))")

    page.context.set_offline(True)
    page.get_by_label("送谁去").fill("")
    page.get_by_label("送谁去").fill(f"{patient['name']} {patient['birth_year']}")
    page.get_by_test_id(f"person-{patient['id']}").click()
    page.get_by_label("哪里不舒服").fill("摔了一跤，腿疼得走不了")
    page.get_by_label("为什么要送").fill("怕是骨头断了")
    page.get_by_test_id("choice-car").click()
    page.get_by_test_id("send-slip").click()
    expect(page.get_by_test_id("slip-done")).to_contain_text("存在手机里")
    shot(page, f"{cast.county}-slip-offline")
    doctor = Caller(house, cast.family_doctor, cast.county)
    mine = [one for one in doctor.get("/handoffs")["items"] if one["person"]["id"] == patient["id"]]
    assert mine == []

    page.context.set_offline(False)
    expect(page.get_by_test_id("slip-done")).to_contain_text("交给")
    [arrived] = [one for one in doctor.get("/handoffs")["items"] if one["person"]["id"] == patient["id"]]
    assert arrived["complaint"] == "摔了一跤，腿疼得走不了"


@pytest.mark.clause("MS-4.2.3e")
def test_a_wish_alone_is_refused_with_whose_rule_and_nobody_is_held(
    house: House, people: People, cast: Cast, shot: Shot
) -> None:
    patient = neighbour(house, cast, 1)
    visit = seen_by_doctor(house, cast, patient)
    where = f"features/referrals/pages/refer?resident={patient['id']}&visit={visit}"
    page = people.phone(cast.family_doctor, cast.county, "features/first-visit/pages/list")
    expect(page.get_by_text("首诊").first).to_be_visible()
    page.goto(f"{house.url}/app/#/{where}")
    page.get_by_test_id("own-wish-open").click()
    refusal = page.get_by_test_id("own-wish")
    expect(refusal).to_contain_text("自己去")
    if cast.county == "mangshi":
        refusal.get_by_test_id("source").click()
        expect(refusal).to_contain_text("MS-4.2.3e")
    else:
        expect(refusal).to_contain_text("本县设置（样例）")
        expect(refusal).not_to_contain_text("MS-")
    page.get_by_test_id(f"choice-{cast.hospital}").click()
    page.get_by_test_id("own-wish-write").click()
    expect(page.get_by_text("可以自己去，不拦。")).to_be_visible()
    expect(page.get_by_text(re.compile("报销比例少 1"))).to_be_visible()
    shot(page, f"{cast.county}-own-wish")


def test_what_a_signer_sends_back_is_mended_and_signed_again(
    house: House, people: People, cast: Cast, shot: Shot
) -> None:
    patient = neighbour(house, cast, 2)
    visit = seen_by_doctor(house, cast, patient)
    doctor, head = (Caller(house, openid, cast.county) for openid in (cast.family_doctor, cast.head))
    draft = doctor.post(
        "/referrals",
        {
            "resident_id": patient["id"],
            "visit_id": visit,
            "to_institution": cast.hospital,
            "category": "outpatient",
            "indication": "undiagnosed",
            "standard": "hypertension-up",
            "article": 3,
            "choice_by_patient": True,
            "records": [{"kind": "visit", "id": visit}],
        },
    )
    referral = draft["id"]
    doctor.post(f"/referrals/{referral}/submit", {"pin": PIN})
    step = next(one for one in head.get("/signatures")["items"] if one["referral_id"] == referral)
    head.post(f"/signatures/{step['id']}/return", {"reason": "请写清楚调过几次药"})

    page = people.phone(cast.family_doctor, cast.county)
    page.get_by_role("button", name=re.compile(f"去修改 {patient['name']}")).click()
    expect(page.get_by_test_id("return-reason")).to_contain_text("请写清楚调过几次药")
    shot(page, f"{cast.county}-returned")
    page.get_by_test_id("back-step").click()
    page.get_by_label("病情，查到什么").fill("调过两次药，仍 168/102")
    page.get_by_test_id("next").click()
    page.get_by_test_id("choice-phone").click()
    page.get_by_label("签字密码").fill(PIN)
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("now-title")).to_contain_text(f"等患者 {patient['name']}看一遍")
    assert doctor.get(f"/referrals/{referral}")["status"] == "submitted"


def test_a_doctor_goes_from_the_list_to_the_record_and_on_to_the_talk(
    house: House, people: People, cast: Cast, shot: Shot
) -> None:
    signed = SIGNED[cast.county]
    resident = Caller(house, signed, cast.county)
    talk = resident.post("/conversations")
    said = {"text": "医生，降压药快吃完了", "client_message_id": str(uuid4())}
    resident.post(f"/conversations/{talk['id']}/messages", said)

    doctor = people.phone(cast.family_doctor, cast.county, "pages/people/index")
    expect(doctor.get_by_test_id("house").first).to_be_visible()
    expect(doctor.get_by_test_id("badge-messages")).to_be_visible()
    shot(doctor, f"{cast.county}-own-people")
    doctor.get_by_test_id("tab-messages").tap()
    doctor.get_by_test_id(f"talk-{talk['id']}").locator(".b").tap()  # a tap on the time shows the exact instant
    expect(doctor.get_by_test_id("words")).to_be_visible()
    doctor.get_by_test_id("to-record").tap()
    expect(doctor.get_by_test_id("part-contract")).to_contain_text("还有")
    expect(doctor.get_by_test_id("part-readings")).to_be_visible()
    shot(doctor, f"{cast.county}-resident-record")
    doctor.get_by_test_id("to-talk").tap()
    expect(doctor.get_by_test_id("message-1").last).to_contain_text("降压药快吃完了")

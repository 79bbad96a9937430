"""A long prescription by hand: written, looked at, prepared, given out, and looked at again before it runs out.

It turns the calendar far, so it comes after the story, whose people go on day by day.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS, Cast, draw_name
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House


def patient_of(doctor: Caller, cast: Cast) -> dict[str, Any]:
    """Somebody of the village with high pressure for whom this doctor may write a first prescription."""
    found = doctor.get("/residents?limit=100")["items"]
    home = next(one["village"] for one in found if one["name"] == cast.resident_name)
    for one in found:
        if one["village"] != home or "hypertension" not in one["conditions"] or one["name"] == cast.resident_name:
            continue
        whole = doctor.get(f"/residents/{one['id']}")
        check = doctor.get(f"/residents/{one['id']}/long-prescription-check?condition=hypertension&days=28")
        if check["may"] and check["issue"] == "first" and whole["id_number_masked"]:
            return dict(whole)
    raise AssertionError("nobody to write for")


@pytest.fixture(params=list(CASTS))
def cast(request) -> Cast:
    return CASTS[request.param]


def test_a_long_prescription_from_the_pen_to_the_next_look(
    house: House, people: People, cast: Cast, shot: Shot
) -> None:
    patient = patient_of(Caller(house, cast.family_doctor, cast.county), cast)
    doctor = people.phone(cast.family_doctor, cast.county)
    write(doctor, patient, shot, cast)

    pharmacist = people.phone(cast.pharmacist, cast.county)
    pharmacist.get_by_text("审药、配药、发药").first.click()
    card_of(pharmacist, patient).get_by_test_id("review").click()
    expect(card_of(pharmacist, patient)).to_contain_text("审过")

    counter = people.phone(cast.dispenser, cast.county)
    counter.get_by_text("审药、配药、发药").first.click()
    card_of(counter, patient).get_by_test_id("dispense").click()
    expect(card_of(counter, patient).get_by_test_id("hand-out")).to_be_visible()
    if cast.county == "xinmi":
        village = people.phone(cast.village_doctor, cast.county)
        fetch(village, patient, shot)
        hand_out(village, patient, shot, by_other=True)
    else:
        hand_out(counter, patient, shot, by_other=False)

    # Three weeks later it runs out soon: the doctor looks again, at a fresh value, and goes on with it.
    house.turn(days=22)
    Caller(house, cast.village_doctor, cast.county).post(
        f"/residents/{patient['id']}/readings",
        {
            "values": [
                {"code": "systolic", "value": 126, "unit": "mmHg"},
                {"code": "diastolic", "value": 78, "unit": "mmHg"},
            ]
        },
    )
    look_again(house, people, cast, patient, shot)


def card_of(page: Page, patient: dict[str, Any]) -> Any:
    return page.locator(".ld-card").filter(has_text=patient["name"]).first


def write(doctor: Page, patient: dict[str, Any], shot: Shot, cast: Cast) -> None:
    doctor.get_by_text("长期处方").first.click()
    doctor.get_by_label("找病人").fill(patient["name"])
    doctor.get_by_test_id(f"write-{patient['id']}").click()
    doctor.get_by_test_id("drug-amlodipine-5").click()
    doctor.get_by_label("怎么吃").fill("早饭后")
    doctor.get_by_test_id("issue").click()
    refused = doctor.get_by_test_id("problem")
    expect(refused).to_contain_text("要当面看过病人才能开")
    expect(refused).to_contain_text("还不适合开长期处方")
    shot(doctor, f"{cast.county}-prescription-refused")
    doctor.get_by_test_id("examined").click()
    for point in ("diagnosis_clear", "regimen_stable", "adherence_good", "condition_controlled", "long_term_needed"):
        doctor.get_by_test_id(f"point-{point}").click()
    doctor.get_by_label("评估").fill("高血压五年，吃药规律，近来血压稳。")
    doctor.get_by_label("跟病人说").fill("少吃盐，每周量两次。")
    shot(doctor, f"{cast.county}-prescription")
    doctor.get_by_test_id("issue").click()
    expect(doctor.get_by_text("开好了，药师在审")).to_be_visible()


def fetch(village: Page, patient: dict[str, Any], shot: Shot) -> None:
    village.get_by_text("审药、配药、发药").first.click()
    village.get_by_label(f"{patient['name']}身份证后四位").fill(patient["id_number_masked"][-4:])
    shot(village, "xinmi-drug-fetch")
    village.get_by_test_id("fetch").click()


def hand_out(page: Page, patient: dict[str, Any], shot: Shot, *, by_other: bool) -> None:
    card_of(page, patient).get_by_test_id("hand-out").click()
    page.get_by_label("病人身份证后四位").fill(patient["id_number_masked"][-4:])
    if by_other:
        page.get_by_test_id("choice-other").click()
        page.get_by_label("代领人姓名").fill("李小英")
        page.get_by_label("是病人的什么人").fill("女儿")
        page.get_by_label("代领人身份证后四位").fill("1234")
        page.get_by_test_id("knows-patient").click()
    draw_name(page)
    shot(page, f"{'other' if by_other else 'self'}-pick-up")
    page.get_by_test_id("hand-out-done").click()
    expect(page.get_by_text("发好了，已登记")).to_be_visible()


def look_again(house: House, people: People, cast: Cast, patient: dict[str, Any], shot: Shot) -> None:
    doctor = Caller(house, cast.family_doctor, cast.county)
    mine = re.compile(patient["name"])
    house.wait_for(
        lambda: any(
            one["kind"] == "prescription_renewal" and mine.search(one["title"])
            for section in doctor.get("/today")["sections"]
            for one in section["items"]
        ),
        "the look before the drugs run out",
    )
    page = people.phone(cast.family_doctor, cast.county, "features/prescriptions/pages/renewals")
    card = card_of(page, patient)
    expect(card).to_contain_text("还够 6 天")
    shot(page, f"{cast.county}-renewals")
    card.get_by_test_id("renew").click()
    expect(page.get_by_test_id("drug-amlodipine-5")).to_have_attribute("aria-checked", "true")
    page.get_by_test_id("examined").click()
    for point in ("diagnosis_clear", "regimen_stable", "adherence_good", "condition_controlled", "long_term_needed"):
        page.get_by_test_id(f"point-{point}").click()
    page.get_by_test_id("issue").click()
    expect(page.get_by_text("开好了，药师在审")).to_be_visible()
    expect(card_of(page, patient).get_by_test_id("renew")).to_have_count(0)

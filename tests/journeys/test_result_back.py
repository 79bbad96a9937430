"""Seen as an out-patient: what the hospital wrote back stands on the referral's page, for patient and doctor."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.journeys.cast import CASTS
from tests.journeys.conftest import People
from tests.journeys.doctoring import Shot
from tests.journeys.house import House
from tests.journeys.story import Story

PATIENTS = {"xinmi": "demo-xinmi-dongling-6-1", "mangshi": "demo-mangshi-namu-11-1"}
"""Who lives where the cast's doctor works, and plays in no other journey: no neighbour that `test_doctors` may pick."""
WORDS = "心电图正常，氨氯地平改到早上吃，一个月后复查"


@pytest.mark.clause("XM-5.4a")
@pytest.mark.parametrize("county", list(CASTS))
def test_what_the_hospital_writes_back_is_read_by_patient_and_doctor(
    house: House, people: People, county: str, shot: Shot
) -> None:
    cast = replace(CASTS[county], resident=PATIENTS[county])
    story = Story(house, cast)
    referral = story.agreed_way_up()
    for signer in (cast.head, cast.third):
        story.sign(signer, referral)
    desk = story.phone(cast.ward_head)
    desk.post("/arrivals", {"category": "outpatient", "department": "cardiology", "referral_id": referral})
    desk.post(f"/referrals/{referral}/result", {"result": WORDS})
    for who, face in ((cast.resident, "resident"), (cast.family_doctor, "doctor")):
        page = people.phone(who, county)
        expect(page.get_by_text("加家人").or_(page.get_by_test_id("tab-messages"))).to_be_visible()
        page.goto(f"{house.url}/app/#/features/referrals/pages/status?id={referral}")
        expect(page.get_by_test_id("sent-back")).to_have_text(WORDS)
        if face == "resident":
            shot(page, f"{county}-result-back")

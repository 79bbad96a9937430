"""The story in both counties: signing with a doctor, asking, being referred up, and what comes after.

What a person does with their own hands is done in Chromium; what others do meanwhile goes over HTTP as their phone
would. The tests of a county follow each other: each goes on where the one before left the people.
"""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.integration.referrals.rig import drawn
from tests.journeys.caller import Caller
from tests.journeys.cast import CASTS, PIN, Cast, allow, draw_name, sign_in_at_desk
from tests.journeys.conftest import People
from tests.journeys.house import House


@pytest.fixture(params=list(CASTS))
def cast(request) -> Cast:
    return CASTS[request.param]


class Story:
    """One run of the story: its people on their phones, and what is known so far."""

    def __init__(self, house: House, cast: Cast) -> None:
        self.house, self.cast = house, cast
        self._phones: dict[str, Caller] = {}

    def phone(self, openid: str) -> Caller:
        if openid not in self._phones:
            self._phones[openid] = Caller(self.house, openid, self.cast.county)
        return self._phones[openid]

    @property
    def resident_id(self) -> str:
        return str(self.phone(self.cast.resident).get("/me")["residents"][0]["id"])

    def hand_over_and_refer(self, **changes: Any) -> str:
        """Village doctor's slip, township doctor's first visit, and the referral up; the referral's id."""
        cast, resident = self.cast, self.resident_id
        self.phone(cast.village_doctor).post(
            "/handoffs",
            {
                "resident_id": resident,
                "complaint": "头胀两周，在家量高压一直 160 多",
                "why": "两次调药没降下来",
                "given": "氨氯地平，一天一次",
                "values": [
                    {"code": "systolic", "value": 168, "unit": "mmHg"},
                    {"code": "diastolic", "value": 102, "unit": "mmHg"},
                ],
                "phoned": cast.doctor_name,
                "travel": "car",
            },
        )
        doctor = self.phone(cast.family_doctor)
        visit = doctor.post("/visits", {"resident_id": resident, "department": "general_practice"})
        doctor.post(
            f"/visits/{visit['id']}/finish",
            {"diagnosis_code": "I10", "diagnosis_text": "高血压 3 级", "outcome": "referred_up"},
        )
        draft = doctor.post(
            "/referrals",
            {
                "resident_id": resident,
                "visit_id": visit["id"],
                "to_institution": cast.hospital,
                "to_department": "cardiology",
                "category": "outpatient",
                "indication": "undiagnosed",
                "standard": "hypertension-up",
                "article": 3,
                "choice_by_patient": True,
                "records": [{"kind": "visit", "id": visit["id"]}],
                "summary": "两次调药后仍 168/102，无胸闷",
                **changes,
            },
        )
        assert draft["problems"] == []
        doctor.post(f"/referrals/{draft['id']}/submit", {"pin": PIN})
        return str(draft["id"])


def test_contract_and_chat(house: House, people: People, cast: Cast, shot: Callable[[Page, str], None]) -> None:
    story = Story(house, cast)
    team = next(
        one
        for one in story.phone(cast.resident).get("/care-teams")["items"]
        if any(member["name"] == cast.doctor_name for member in one["members"])
    )

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
    referral = story.hand_over_and_refer()
    name = cast.county

    # The resident reads what was explained, sees what it costs and where else one could go, and signs.
    resident = people.phone(cast.resident, cast.county)
    expect(resident.get_by_text("医生建议转诊")).to_be_visible()
    shot(resident, f"{name}-home")
    resident.get_by_text("看明白再签").first.click()
    expect(resident.get_by_text(cast.hospital_name).first).to_be_visible()
    expect(resident.get_by_test_id("estimate")).to_contain_text("起付线")
    resident.get_by_text("我听明白了").click()
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
    shot(desk, f"desk-{name}")
    desk.get_by_role("button", name=re.compile("可以来")).first.click()
    expect(row).to_have_count(0)

    # Signatures follow, each by who may; the department head in two taps.
    head = people.phone(cast.head, cast.county)
    head.get_by_text("看并签").first.click()
    expect(head.get_by_test_id("sign-person")).to_contain_text(cast.resident_name)
    head.get_by_test_id("pin").locator("input").fill(PIN)
    shot(head, f"{name}-sign")
    head.get_by_test_id("sign").click()
    expect(head.get_by_text("签好了").first).to_be_visible()
    third = story.phone(cast.third)
    step = next(one for one in third.get("/signatures")["items"] if one["referral_id"] == referral)
    third.post(f"/signatures/{step['id']}/sign", {"pin": PIN, "content_hash": step["content_hash"]})

    # The certificate exists, and a place is chosen from the referral pool; it confirms itself.
    expect(resident.get_by_test_id("now-title")).to_contain_text("证明开好了")
    resident.get_by_test_id("choose-place").click()
    shot(resident, f"{name}-places")

"""One run of the story over HTTP: each step a method, so that a browser or a stubborn phone may take any of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from backend.kernel.clock import SHANGHAI
from tests.integration.referrals.rig import drawn
from tests.journeys.caller import Caller
from tests.journeys.cast import PIN, Cast
from tests.journeys.house import House

MakePhone = Callable[[House, str, str], Caller]


class Story:
    """Its people on their phones, and what is known so far."""

    def __init__(self, house: House, cast: Cast, make_phone: MakePhone = Caller) -> None:
        self.house, self.cast = house, cast
        self._make_phone = make_phone
        self._phones: dict[str, Caller] = {}

    def phone(self, openid: str) -> Caller:
        if openid not in self._phones:
            self._phones[openid] = self._make_phone(self.house, openid, self.cast.county)
        return self._phones[openid]

    @cached_property
    def resident_id(self) -> str:
        return str(self.phone(self.cast.resident).get("/me")["residents"][0]["id"])

    @cached_property
    def team(self) -> Any:
        """The team of the cast's family doctor."""
        return next(
            one
            for one in self.phone(self.cast.resident).get("/care-teams")["items"]
            if any(member["name"] == self.cast.doctor_name for member in one["members"])
        )

    def ask_for_contract(self) -> str:
        wish = {"team_id": self.team["id"], "package": "basic", "signature": drawn(), "members": []}
        made = self.phone(self.cast.resident).post("/contracts", wish)
        return str(made["items"][0]["id"] if "items" in made else made["id"])

    def accept_contract(self, contract: str) -> None:
        self.phone(self.cast.family_doctor).post(f"/contracts/{contract}/accept")

    def open_conversation(self) -> str:
        return str(self.phone(self.cast.resident).post("/conversations")["id"])

    def say(self, openid: str, conversation: str, words: str) -> None:
        said = {"text": words, "client_message_id": str(uuid4())}
        self.phone(openid).post(f"/conversations/{conversation}/messages", said)

    def sign(self, openid: str, referral: str) -> None:
        """Sign the step of a referral that waits for somebody."""
        phone = self.phone(openid)
        step = next(one for one in phone.get("/signatures")["items"] if one["referral_id"] == referral)
        phone.post(f"/signatures/{step['id']}/sign", {"pin": PIN, "content_hash": step["content_hash"]})

    def hand_over_and_refer(self, **changes: Any) -> str:
        """Village doctor's slip, township doctor's first visit, and the referral up; the referral's id."""
        self.write_slip()
        visit = self.open_visit()
        self.finish_visit(visit)
        referral = self.draft_up(visit, **changes)
        self.submit_up(referral)
        return referral

    def agreed_way_up(self, **changes: Any) -> str:
        """A first visit and the referral up from it, agreed to by the patient and by the hospital; its id."""
        visit = self.open_visit()
        self.finish_visit(visit)
        referral = self.draft_up(visit, **changes)
        self.submit_up(referral)
        self.consent(referral)
        self.hospital_says_yes(referral)
        return referral

    def write_slip(self) -> None:
        self.phone(self.cast.village_doctor).post(
            "/handoffs",
            {
                "resident_id": self.resident_id,
                "complaint": "头胀两周，在家量高压一直 160 多",
                "why": "两次调药没降下来",
                "given": "氨氯地平，一天一次",
                "values": [
                    {"code": "systolic", "value": 168, "unit": "mmHg"},
                    {"code": "diastolic", "value": 102, "unit": "mmHg"},
                ],
                "phoned": self.cast.doctor_name,
                "travel": "car",
            },
        )

    def open_visit(self) -> str:
        body = {"resident_id": self.resident_id, "department": "general_practice"}
        return str(self.phone(self.cast.family_doctor).post("/visits", body)["id"])

    def finish_visit(self, visit: str) -> None:
        self.phone(self.cast.family_doctor).post(
            f"/visits/{visit}/finish",
            {"diagnosis_code": "I10", "diagnosis_text": "高血压 3 级", "outcome": "referred_up"},
        )

    def draft_up(self, visit: str, **changes: Any) -> str:
        draft = self.phone(self.cast.family_doctor).post(
            "/referrals",
            {
                "resident_id": self.resident_id,
                "visit_id": visit,
                "to_institution": self.cast.hospital,
                "to_department": "cardiology",
                "category": "outpatient",
                "indication": "undiagnosed",
                "standard": "hypertension-up",
                "article": 3,
                "choice_by_patient": True,
                "records": [{"kind": "visit", "id": visit}],
                "summary": "两次调药后仍 168/102，无胸闷",
                **changes,
            },
        )
        assert draft["problems"] == []
        return str(draft["id"])

    def submit_up(self, referral: str) -> None:
        self.phone(self.cast.family_doctor).post(f"/referrals/{referral}/submit", {"pin": PIN})

    def consent(self, referral: str) -> None:
        resident = self.phone(self.cast.resident)
        text = resident.get(f"/referrals/{referral}/consent-text")
        said = {"content_hash": text["content_hash"], "drawn": drawn(), "language": text["languages"][0]}
        resident.post(f"/referrals/{referral}/consent", said)

    def hospital_says_yes(self, referral: str) -> None:
        yes = {"accept": True, "contact": "心内科", "note": "门诊楼一层报到"}
        self.phone(self.cast.ward_head).post(f"/referrals/{referral}/answer", yes)

    def book(self, referral: str) -> str:
        """Take the first place that is offered; the appointment's id."""
        resident = self.phone(self.cast.resident)
        offered = resident.get(f"/referrals/{referral}/places")
        slot = offered["days"][0]["places"][0]["slot_id"]
        return str(resident.post(f"/referrals/{referral}/appointment", {"slot_id": slot})["id"])

    def certificate(self, referral: str) -> str:
        return str(self.phone(self.cast.resident).get(f"/referrals/{referral}/certificate")["number"])

    def lying_in_hospital(self) -> str:
        """The stay of the cast's resident, as the ward doctor sees it."""
        beds = self.phone(self.cast.ward_doctor).get("/ward")["items"]
        return str(next(one for one in beds if one["stay"]["person"]["name"] == self.cast.resident_name)["stay"]["id"])

    def propose_down(self, stay: str) -> str:
        """Say that somebody recovers, and propose the way down; the referral's id."""
        ward = self.phone(self.cast.ward_doctor)
        ward.post(f"/stays/{stay}/recovering")
        proposal = {
            "kind": "home",
            "to_institution": self.cast.township,
            "indication": "chronic-care",
            "standard": "hypertension-down",
            "article": 3,
            "choice_by_patient": True,
        }
        return str(ward.post(f"/stays/{stay}/down-transfer", proposal)["referral_id"])

    def pack(self, referral: str, now: datetime) -> None:
        """Fill in every part of the hand-over."""
        texts = {
            "diagnosis-treatment": "高血压 3 级，用药后血压稳定在 138/84。",
            "prognosis": "按时吃药可以和平常一样生活。",
            "examinations": "心电图、肾功能，结果附后。",
            "further-plan": "每周量两次血压，吃药不停。",
            "rehabilitation": "每天走路半小时，少盐。",
            "come-back": "头疼得厉害、看不清、一边手脚没力，马上打 120。",
        }
        self.phone(self.cast.ward_doctor).put(
            f"/referrals/{referral}/hand-over",
            {
                "texts": texts,
                "drugs": [{"code": "amlodipine-5", "dose": "每天早上 1 片", "until_on": day(now, 5)}],
                "review_on": day(now, 14),
                "follows": True,
                "followed_by": "心血管内科病房",
            },
        )

    def submit_down(self, referral: str) -> None:
        self.phone(self.cast.ward_doctor).post(f"/referrals/{referral}/submit", {"pin": PIN})

    @property
    def signers_down(self) -> list[str]:
        """Who signs on the way down, in order: each county's own chain."""
        head = self.cast.ward_head
        return [head] if self.cast.county == "xinmi" else [head, self.cast.third]

    def take_over(self, referral: str) -> str:
        """The township doctor takes over; the referral's status then."""
        return str(self.phone(self.cast.family_doctor).post(f"/referrals/{referral}/take-over")["status"])

    def next_look(self) -> Any:
        """The next follow-up visit of the cast's resident."""
        visits = self.phone(self.cast.resident).get("/follow-up-visits")["items"]
        return next(one for one in visits if one["status"] in ("planned", "asked"))

    def answer_badly(self, look: str) -> Any:
        """Answer a follow-up with values that are a danger."""
        answer = {
            "measures": {"systolic": 186, "diastolic": 112},
            "danger_signs": [],
            "fields": {"adherence": "按时吃", "reaction": False},
        }
        return self.phone(self.cast.resident).post(f"/follow-up-visits/{look}/answers", answer)


def day(now: datetime, days: int) -> str:
    """A calendar day in China, so many days from now."""
    return (now.astimezone(SHANGHAI) + timedelta(days=days)).date().isoformat()

"""The people of one way down in one county, and its steps as one line each."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.records import stays
from backend.records.stays import Admission
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from tests.factories import Person
from tests.integration.contracts.conftest import Team, make_team, signed
from tests.integration.referrals.rig import PIN, PLACES, Places, drawn, signer

TEXTS = {
    "diagnosis-treatment": "高血压 3 级，用药后血压稳定在 138/84。",
    "prognosis": "按时吃药可以和平常一样生活。",
    "examinations": "心电图、肾功能、颈动脉超声，结果附后。",
    "further-plan": "每周量两次血压，吃药不停。",
    "rehabilitation": "每天走路半小时，少盐。",
    "come-back": "头疼得厉害、看不清、一边手脚没力，马上打 120。",
}


@dataclass
class Down:
    """Everybody of one way down."""

    app: Flask
    county: str
    places: Places
    team: Team
    patient: Person
    patient_id: UUID
    ward: Person
    head: Person
    third: Person | None
    colleague: Person
    stay_id: str
    today: date
    values: dict[str, Any] = field(default_factory=dict)

    def propose_body(self, **changes: Any) -> dict[str, Any]:
        return {
            "kind": "home",
            "to_institution": self.places.township,
            "indication": "chronic-care",
            "standard": "hypertension-down",
            "article": 3,
            "choice_by_patient": True,
        } | changes

    def propose(self, **changes: Any) -> Any:
        return self.ward.post(f"/api/v1/stays/{self.stay_id}/down-transfer", self.propose_body(**changes))

    def proposed(self, **changes: Any) -> str:
        answer = self.propose(**changes)
        assert answer.status_code == 201, answer.json
        return answer.json["referral_id"]

    def package(self, **changes: Any) -> dict[str, Any]:
        return {
            "texts": TEXTS,
            "drugs": [{"code": "amlodipine-5", "dose": "每天早上 1 片", "until_on": self.after(5)}],
            "review_on": self.after(14),
            "follows": True,
            "followed_by": "病区王医生 0371-0000",
        } | changes

    def after(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def write(self, referral: str, body: dict[str, Any] | None = None, who: Person | None = None, **extra: str) -> Any:
        return (who or self.ward).request(
            "PUT", f"/api/v1/referrals/{referral}/hand-over", self.package() if body is None else body, **extra
        )

    def submit(self, referral: str) -> Any:
        return self.ward.post(f"/api/v1/referrals/{referral}/submit", {"pin": PIN})

    def submitted(self, **changes: Any) -> str:
        referral = self.proposed(**changes)
        for answer in (self.write(referral), self.submit(referral)):
            assert answer.status_code == 200, answer.json
        return referral

    def consent(self, referral: str, who: Person | None = None) -> Any:
        text = self.ward.get(f"/api/v1/referrals/{referral}/consent-text").json
        body = {"content_hash": text["content_hash"], "drawn": drawn(), "language": "普通话"}
        return (who or self.patient).post(f"/api/v1/referrals/{referral}/consent", body)

    def sign(self, referral: str) -> None:
        for who in (self.head, self.third):
            if who is None:
                continue
            found = who.get("/api/v1/signatures").json["items"]
            line = next(item for item in found if item["referral_id"] == referral)
            body = {"pin": PIN, "content_hash": line["content_hash"]}
            answer = who.post(f"/api/v1/signatures/{line['id']}/sign", body)
            assert answer.status_code == 200, answer.json

    def ready(self, **changes: Any) -> str:
        """A hand-over that only has to be taken over."""
        referral = self.submitted(**changes)
        answer = self.consent(referral)
        assert answer.status_code == 200, answer.json
        self.sign(referral)
        return referral

    def take_over(self, referral: str, who: Person | None = None, **changes: Any) -> Any:
        return (who or self.team.leader).post(f"/api/v1/referrals/{referral}/take-over", changes)

    def read(self, referral: str, who: Person | None = None) -> dict[str, Any]:
        answer = (who or self.ward).get(f"/api/v1/referrals/{referral}/hand-over")
        assert answer.status_code == 200, answer.json
        return answer.json

    def rows(self, model: Any, *conditions: Any) -> list[Any]:
        with self.app.app_context(), transaction() as current:
            return list(current.scalars(select(model).where(*conditions)))

    def tasks(self, referral: str, kind: str) -> list[Task]:
        return self.rows(Task, Task.focus_id == UUID(referral), Task.kind == kind)

    def stay(self) -> dict[str, Any]:
        return self.ward.get(f"/api/v1/stays/{self.stay_id}").json


def make_down(app: Flask, county: str, *, recovering: bool = True) -> Down:
    """Somebody with hypertension and a contract, lying in cardiology; ten o'clock on a working day is the caller's."""
    places = PLACES[county]
    team = make_team(app, county, places.township, village=places.village)
    patient, patient_id, _ = signed(app, team, county)
    ward = signer(app, places.hospital, Role.WARD_DOCTOR, county=county, department="cardiology")
    desk = signer(app, places.hospital, Role.DESK_CLERK, county=county)
    with app.app_context(), transaction():
        admission = Admission(
            patient_id, "cardiology", "not_referred", bed="7", diagnosis_code="I10", diagnosis_text="高血压 3 级"
        )
        stay_id = str(stays.admit(desk.actor(), admission).id)
        today = local_day(clock.now())
    down = Down(
        app=app,
        county=county,
        places=places,
        team=team,
        patient=patient,
        patient_id=patient_id,
        ward=ward,
        head=signer(app, places.hospital, Role.DEPARTMENT_HEAD, county=county, department="cardiology"),
        third=signer(app, places.agency, Role.INSURANCE_AGENCY, county=county) if county == "mangshi" else None,
        colleague=signer(app, places.township, Role.FAMILY_DOCTOR, county=county, department="general_practice"),
        stay_id=stay_id,
        today=today,
    )
    if recovering:
        answer = ward.post(f"/api/v1/stays/{stay_id}/recovering", {})
        assert answer.status_code == 200, answer.json
    return down

"""A referral's people in one county, and the steps of the upward path as one line each."""

import base64
import io
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from flask import Flask
from PIL import Image, ImageDraw

from backend.kernel.clock import SHANGHAI
from backend.kernel.roles import Role
from backend.people.models import Account, PractitionerRole
from backend.store import clock
from backend.store.db import session, transaction
from tests import factories
from tests.factories import Person

PIN = "246810"
PIN_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)


@dataclass(frozen=True)
class Places:
    village: str
    clinic: str
    township: str
    hospital: str
    other_hospital: str
    far_hospital: str
    agency: str
    own: str  # prefix of the county's own clauses
    foreign: str


PLACES = {
    "xinmi": Places(
        "yuanzhuang-cun", "vc-yuanzhuang-cun", "th-yuanzhuang", "first-hospital", "tcm-hospital", "", "th-yuanzhuang",
        "XM-", "MS-",
    ),
    "mangshi": Places(
        "zheyan", "vc-zheyan", "th-fengping", "people-hospital", "tcm-hospital", "", "insurance-agency", "MS-", "XM-"
    ),
}  # fmt: skip


def drawn(*, ink: bool = True, size: tuple[int, int] = (300, 120)) -> str:
    """A finger's signature as the phone sends it."""
    picture = Image.new("RGBA", size, (255, 255, 255, 0))
    if ink:
        pen, points = ImageDraw.Draw(picture), random.Random(7)
        pen.line([(points.randrange(10, size[0] - 10), points.randrange(10, size[1] - 10)) for _ in range(12)],
                 fill=(10, 10, 10, 255), width=4)  # fmt: skip
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return base64.b64encode(out.getvalue()).decode()


def signer(app: Flask, institution: str, *roles: Role, county: str, **values: Any) -> Person:
    """A clinician with the PIN."""
    person, _ = factories.staff_person(app, institution, *roles, county_id=county, **values)
    with app.app_context(), transaction() as current:
        account = current.get(Account, (county, person.account_id))
        assert account is not None
        account.pin_hash = PIN_HASH
    return person


@dataclass
class Cast:
    """Everybody of one referral."""

    app: Flask
    county: str
    places: Places
    patient: Person
    patient_id: UUID
    doctor: Person
    head: Person
    third: Person
    clerk: Person
    hospital_head: Person
    visit_id: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def open_visit(self) -> str:
        answer = self.doctor.post(
            "/api/v1/visits", {"resident_id": str(self.patient_id), "department": "general_practice"}
        )
        assert answer.status_code == 201, answer.json
        self.visit_id = answer.json["id"]
        done = self.doctor.post(
            f"/api/v1/visits/{self.visit_id}/finish",
            {"diagnosis_code": "I10", "diagnosis_text": "高血压 2 级", "outcome": "referred_up"},
        )
        assert done.status_code == 200, done.json
        return self.visit_id

    def draft_body(self, **changes: Any) -> dict[str, Any]:
        return {
            "resident_id": str(self.patient_id),
            "visit_id": self.visit_id or self.open_visit(),
            "to_institution": self.places.hospital,
            "to_department": "cardiology",
            "category": "outpatient",
            "indication": "undiagnosed",
            "standard": "hypertension-up",
            "article": 3,
            "choice_by_patient": True,
            "records": [{"kind": "visit", "id": self.visit_id}],
            "summary": "两次调药后仍 168/102，无胸闷",
        } | changes

    def draft(self, **changes: Any) -> dict[str, Any]:
        answer = self.doctor.post("/api/v1/referrals", self.draft_body(**changes))
        assert answer.status_code == 201, answer.json
        return answer.json

    def submit(self, referral: str) -> Any:
        return self.doctor.post(f"/api/v1/referrals/{referral}/submit", {"pin": PIN})

    def submitted(self, **changes: Any) -> str:
        made = self.draft(**changes)
        answer = self.submit(made["id"])
        assert answer.status_code == 200, answer.json
        return made["id"]

    def read(self, referral: str, who: Person | None = None) -> dict[str, Any]:
        answer = (who or self.doctor).get(f"/api/v1/referrals/{referral}")
        assert answer.status_code == 200, answer.json
        return answer.json

    def consent(self, referral: str, who: Person | None = None, **changes: Any) -> Any:
        text = self.doctor.get(f"/api/v1/referrals/{referral}/consent-text").json
        body = {"content_hash": text["content_hash"], "drawn": drawn(), "language": "普通话"} | changes
        return (who or self.patient).post(f"/api/v1/referrals/{referral}/consent", body)

    def accept(self, referral: str, **changes: Any) -> Any:
        body = {"accept": True, "contact": "李护士 转诊服务台", "note": "门诊楼一层转诊服务台报到"} | changes
        return self.clerk.post(f"/api/v1/referrals/{referral}/answer", body)

    def waiting_for(self, who: Person, referral: str) -> dict[str, Any] | None:
        found = who.get("/api/v1/signatures").json["items"]
        return next((item for item in found if item["referral_id"] == referral), None)

    def sign(self, who: Person, referral: str, pin: str = PIN) -> Any:
        line = self.waiting_for(who, referral)
        assert line is not None, "nothing waits for this signer"
        body = {"pin": pin, "content_hash": line["content_hash"]}
        return who.post(f"/api/v1/signatures/{line['id']}/sign", body)

    def sign_all(self, referral: str) -> None:
        for who in (self.head, self.third):
            answer = self.sign(who, referral)
            assert answer.status_code == 200, answer.json

    def doctor_is_head_too(self) -> None:
        """The treating doctor answers for the department as well: they still sign once only."""
        treating = UUID(self.read(self.draft()["id"])["doctor"]["id"])
        house = {"county_id": self.county, "institution": self.places.township}
        with self.app.app_context(), transaction() as current:
            current.add(PractitionerRole(practitioner_id=treating, role=Role.DEPARTMENT_HEAD, **house))

    def issued(self, **changes: Any) -> str:
        referral = self.submitted(**changes)
        for answer in (self.consent(referral), self.accept(referral)):
            assert answer.status_code == 200, answer.json
        self.sign_all(referral)
        assert self.read(referral)["status"] == "issued"
        return referral


def make_cast(app: Flask, county: str, **patient: Any) -> Cast:
    """Fresh people of one county, at the pack's own places."""
    places = PLACES[county]
    person, patient_id = factories.resident_person(app, county, village=places.village, **patient)
    third = (
        signer(app, places.township, Role.DESK_CLERK, county=county)
        if county == "xinmi"
        else signer(app, places.agency, Role.INSURANCE_AGENCY, county=county)
    )
    return Cast(
        app=app,
        county=county,
        places=places,
        patient=person,
        patient_id=patient_id,
        doctor=signer(app, places.township, Role.FAMILY_DOCTOR, county=county, department="general_practice"),
        head=signer(app, places.township, Role.DEPARTMENT_HEAD, county=county),
        third=third,
        clerk=signer(app, places.hospital, Role.DESK_CLERK, county=county),
        hospital_head=signer(app, places.hospital, Role.DEPARTMENT_HEAD, county=county, department="cardiology"),
    )


def to_working_hour(app: Flask, hour: int = 10, weekdays: tuple[int, ...] = (2, 3)) -> None:
    """Turn domain time to an ordinary working day at that hour, on which no county of ours is off."""
    from backend.alliance.queries import pack

    with app.app_context(), transaction() as current:
        local = clock.now(current).astimezone(SHANGHAI)
        wanted = local.replace(hour=hour, minute=0, second=0, microsecond=0)
        while wanted < local or wanted.isoweekday() not in weekdays or _holiday(pack, wanted.date()):
            wanted += timedelta(days=1)
        clock.turn(current, wanted - local)


def _holiday(pack: Any, day: Any) -> bool:
    return any(pack(county).holidays.holiday(day) is not None for county in PLACES)


def rules(answer: Any) -> dict[str, str]:
    """Broken rules of a refusal, each with the source it names."""
    assert answer.status_code == 422, answer.json
    return {violation["rule"]: violation["source"]["id"] for violation in answer.json["violations"]}


def nothing_foreign(cast: Cast, answer: Any) -> None:
    """A county never quotes the other's paper."""
    assert cast.places.foreign not in answer.get_data(as_text=True)


__all__ = [
    "PIN",
    "PLACES",
    "Cast",
    "Places",
    "drawn",
    "make_cast",
    "nothing_foreign",
    "rules",
    "session",
    "signer",
    "to_working_hour",
]

"""Doctors, pharmacies and patients for the tests of long prescriptions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.store.db import transaction
from backend.store.vault import vault
from tests import factories
from tests.integration.contracts.conftest import MANGSHI_TOWNSHIP, TOWNSHIP, Team, drawn, make_team, signed

ASSESSED = {
    "diagnosis_clear": True,
    "regimen_stable": True,
    "adherence_good": True,
    "condition_controlled": True,
    "long_term_needed": True,
}
ID_NUMBER = "410183195803010028"


@dataclass(frozen=True)
class House:
    """A township with a team, a pharmacy, and one patient under contract with high blood pressure."""

    app: Flask
    county_id: str
    institution: str
    team: Team
    pharmacist: factories.Person
    dispenser: factories.Person
    patient: factories.Person
    patient_id: UUID

    @property
    def doctor(self) -> factories.Person:
        return self.team.leader

    def issue(self, *, person: factories.Person | None = None, resident: UUID | None = None, **changed: Any) -> Any:
        path = f"/api/v1/residents/{resident or self.patient_id}/long-prescriptions"
        return (person or self.doctor).post(path, written(**changed))

    def issued(self, **changed: Any) -> str:
        answer = self.issue(**changed)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def prepared(self, **changed: Any) -> str:
        one = self.issued(**changed)
        for person, step in ((self.pharmacist, "review"), (self.dispenser, "dispense")):
            answer = person.post(f"/api/v1/long-prescriptions/{one}/{step}")
            assert answer.status_code == 200, answer.text
        return one

    def collected(self, **changed: Any) -> str:
        one = self.prepared(**changed)
        answer = self.dispenser.post(f"/api/v1/long-prescriptions/{one}/pickups", by_self())
        assert answer.status_code == 201, answer.text
        return one

    def get(self, one: str, person: factories.Person | None = None) -> Any:
        answer = (person or self.doctor).get(f"/api/v1/long-prescriptions/{one}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def measure(self, systolic: int = 128, diastolic: int = 78) -> None:
        values = [
            {"code": "systolic", "value": systolic, "unit": "mmHg"},
            {"code": "diastolic", "value": diastolic, "unit": "mmHg"},
        ]
        answer = self.doctor.post(f"/api/v1/residents/{self.patient_id}/readings", {"values": values})
        assert answer.status_code == 201, answer.text


def written(**changed: Any) -> dict[str, Any]:
    """A plain first prescription that breaks no rule in either county."""
    given = {
        "condition": "hypertension",
        "days": 28,
        "items": [{"drug": "amlodipine-5", "per_time": 1, "times_a_day": 1, "how": "早上吃"}],
        "assessment": ASSESSED,
        "note": "高血压六年，吃氨氯地平两年，按时吃，血压稳。",
        "advice": "少吃盐，每周量两次血压。",
        "examined": True,
    }
    return given | changed


def long_one(days: int = 56, **changed: Any) -> dict[str, Any]:
    """What more than four weeks ask for, with the patient's sign in person."""
    return {"days": days, "educated": True, "confirmation": "in_person", "signature": drawn()} | changed


def by_self(**changed: Any) -> dict[str, Any]:
    given = {"collected_by": "self", "patient_paper": "id_card", "patient_digits": "0028", "signed_on_paper": True}
    return given | changed


def by_other(**changed: Any) -> dict[str, Any]:
    more = {
        "collected_by": "other",
        "collector_name": "王秀英",
        "relation": "女儿",
        "collector_digits": "123X",
        "knows_patient": True,
    }
    return by_self() | more | changed


def rules_of(answer: Any) -> dict[str, str]:
    """Each broken rule with the id of its source."""
    assert answer.status_code == 422, answer.text
    assert all(one["text"] and one["instead"] for one in answer.json["violations"])
    return {one["rule"]: one["source"]["id"] for one in answer.json["violations"]}


def make_house(app: Flask, county_id: str = "xinmi", institution: str | None = None, **values: Any) -> House:
    place = institution or (TOWNSHIP if county_id == "xinmi" else MANGSHI_TOWNSHIP)
    team = make_team(app, county_id, place)
    pharmacist, _ = factories.staff_person(app, place, Role.PHARMACIST, county_id=county_id, title="resident")
    dispenser, _ = factories.staff_person(app, place, Role.DISPENSER, county_id=county_id, title="clerk")
    patient, patient_id, _ = signed(app, team, county_id, **({"conditions": ["hypertension", "diabetes"]} | values))
    give_number(app, county_id, patient_id)
    return House(app, county_id, place, team, pharmacist, dispenser, patient, patient_id)


def give_number(app: Flask, county_id: str, resident_id: UUID, number: str = ID_NUMBER) -> None:
    """Put an identity number on a record; without its index, so that many may have the same in tests."""
    with app.app_context(), transaction() as current:
        vault().seal(current.get_one(Resident, (county_id, resident_id)), "id_number", number)


@pytest.fixture
def house(app: Flask) -> House:
    return make_house(app)


@pytest.fixture
def mangshi(app: Flask) -> House:
    return make_house(app, "mangshi")

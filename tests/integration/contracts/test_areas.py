"""Villages in a township doctor's charge: seen and scored by that doctor, by nobody else (XM-5.2b)."""

import pytest

from backend.contracts.events import ServiceDelivered
from backend.contracts.points import credit
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.store.db import transaction
from tests import factories

TOWNSHIP, CLINIC, VILLAGE = "th-yuanzhuang", "vc-yuanzhuang-cun", "yuanzhuang-cun"
MONTH = "2026-03"


@pytest.fixture
def area(app):
    office, _ = factories.staff_person(app, TOWNSHIP, Role.PUBLIC_HEALTH)
    doctor, doctor_id = factories.staff_person(app, TOWNSHIP, Role.FAMILY_DOCTOR)
    village_doctor, village_doctor_id = factories.staff_person(app, CLINIC, Role.VILLAGE_DOCTOR)
    made = office.post("/api/v1/areas", {"practitioner_id": doctor_id, "villages": [VILLAGE]})
    assert made.status_code == 201, made.text
    return office, doctor, doctor_id, village_doctor, village_doctor_id


@pytest.mark.clause("XM-5.2b")
def test_the_supervisor_sees_the_work_and_scores_the_village_doctor(app, area) -> None:
    office, doctor, doctor_id, village_doctor, village_doctor_id = area
    with app.app_context(), transaction():
        credit(
            ServiceDelivered(
                county_id="xinmi",
                practitioner_id=village_doctor_id,
                institution=CLINIC,
                service="home-visit",
                focus_kind="visit",
                focus_id=new_id(),
            )
        )
    shown = doctor.get("/api/v1/areas").json
    assert [(one["code"], one["supervisor_id"]) for one in shown["items"]] == [(VILLAGE, str(doctor_id))]
    row = next(d for d in shown["items"][0]["doctors"] if d["practitioner_id"] == str(village_doctor_id))
    assert (row["points"], row["services"], row["score"]) == (15, {"home-visit": 1}, None)
    for points in (88, 91):
        scored = doctor.post(
            "/api/v1/areas/scores", {"practitioner_id": village_doctor_id, "month": MONTH, "score": points}
        )
        row = next(d for d in scored.json["items"][0]["doctors"] if d["practitioner_id"] == str(village_doctor_id))
        assert row["score"] == points
    assert village_doctor.get("/api/v1/areas").status_code == 403
    seen = office.get(f"/api/v1/areas?month={MONTH}").json["items"]
    assert VILLAGE in {one["code"] for one in seen}


@pytest.mark.clause("XM-5.2b")
def test_nobody_elses_village_doctors_are_scored_and_the_refusal_names_the_clause(app, area) -> None:
    _, _, _, _, village_doctor_id = area
    other, _ = factories.staff_person(app, TOWNSHIP, Role.FAMILY_DOCTOR)
    body = {"practitioner_id": village_doctor_id, "month": MONTH, "score": 10}
    refused = other.post("/api/v1/areas/scores", body)
    assert refused.status_code == 422
    assert refused.json["violations"][0]["source"]["id"] == "XM-5.2b"
    assert other.get("/api/v1/areas").json["items"] == []


def test_a_village_has_one_supervisor_and_the_change_takes_the_sight_away(app, area) -> None:
    office, doctor, _, _, village_doctor_id = area
    _, next_id = factories.staff_person(app, TOWNSHIP, Role.FAMILY_DOCTOR)
    office.post("/api/v1/areas", {"practitioner_id": next_id, "villages": [VILLAGE]})
    assert doctor.get("/api/v1/areas").json["items"] == []
    body = {"practitioner_id": village_doctor_id, "month": MONTH, "score": 10}
    assert doctor.post("/api/v1/areas/scores", body).status_code == 422
    assert office.post("/api/v1/areas", {"practitioner_id": next_id, "villages": ["chaohua-cun"]}).status_code == 422
    stranger, stranger_id = factories.staff_person(app, "th-chaohua", Role.FAMILY_DOCTOR)
    assert office.post("/api/v1/areas", {"practitioner_id": stranger_id, "villages": [VILLAGE]}).status_code == 404
    assert stranger.post("/api/v1/areas", {"practitioner_id": next_id, "villages": [VILLAGE]}).status_code == 403

"""From the village's slip to a closed first visit, over HTTP, in both counties, with the refusals."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.kernel.roles import Role
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.factories import Person

PRESSURE = [
    {"code": "systolic", "value": 168, "unit": "mmHg"},
    {"code": "diastolic", "value": 102, "unit": "mmHg"},
]


@dataclass
class Cast:
    county: str
    patient: Person
    patient_id: UUID
    village_doctor: Person
    doctor: Person
    township: str


PLACES = {
    "xinmi": ("yuanzhuang-cun", "vc-yuanzhuang-cun", "th-yuanzhuang"),
    "mangshi": ("zheyan", "vc-zheyan", "th-fengping"),
}


@pytest.fixture(params=["xinmi", "mangshi"])
def cast(app, request) -> Cast:
    village, clinic, township = PLACES[request.param]
    patient, patient_id = factories.resident_person(app, request.param, village=village)
    village_doctor, _ = factories.staff_person(app, clinic, Role.VILLAGE_DOCTOR, county_id=request.param)
    doctor, _ = factories.staff_person(
        app, township, Role.FAMILY_DOCTOR, county_id=request.param, department="general_practice"
    )
    return Cast(request.param, patient, patient_id, village_doctor, doctor, township)


def slip(cast: Cast, **values):
    return {
        "resident_id": str(cast.patient_id),
        "complaint": "头晕三天",
        "why": "两次调药后血压还高",
        "given": "休息，没有另外给药",
        "values": PRESSURE,
        "phoned": "张医生",
        "travel": "bus",
    } | values


def tasks_about(app, cast: Cast, focus: str) -> list[Task]:
    with app.app_context(), transaction() as current:
        return list(current.scalars(select(Task).where(Task.county_id == cast.county, Task.focus_id == UUID(focus))))


def problems(answer) -> dict[str, str]:
    return {violation["rule"]: violation["source"]["id"] for violation in answer.json["violations"]}


@pytest.mark.clause("MS-4.1a")
@pytest.mark.clause("XM-5.4a")
def test_the_whole_first_visit(app, cast: Cast) -> None:
    assert cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/timeline").status_code == 404, "no sight yet"
    sent = cast.village_doctor.post("/api/v1/handoffs", slip(cast))
    assert sent.status_code == 201, sent.json
    assert sent.json["to_institution"] == cast.township
    assert sent.json["actions"] == ["cancel"]
    handoff = sent.json["id"]
    [task] = tasks_about(app, cast, handoff)
    assert (task.role, task.institution, task.status) == (Role.FAMILY_DOCTOR, cast.township, "open")
    assert [rung["role"] for rung in task.ladder] == ["medical_office"]

    waiting = cast.doctor.get("/api/v1/handoffs").json["items"]
    mine = next(item for item in waiting if item["id"] == handoff)
    assert mine["complaint"] == "头晕三天"
    assert {code: float(value) for code, value in mine["readings"].items()} == {"systolic": 168.0, "diastolic": 102.0}
    assert mine["person"]["birth_year"] == 1958
    timeline = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/timeline")
    assert {item["kind"] for item in timeline.json["items"]} == {"handoff", "readings"}

    assert cast.doctor.post(f"/api/v1/handoffs/{handoff}/take").json["status"] == "taken"
    assert {(t.kind, t.status) for t in tasks_about(app, cast, handoff)} == {
        ("handoff.receive", "done"),
        ("handoff.see", "open"),
    }
    body = {"resident_id": str(cast.patient_id), "handoff_id": handoff, "complaint": "头晕"}
    refused = cast.doctor.post("/api/v1/visits", body)
    assert refused.status_code == 422
    assert set(problems(refused)) == {"records.first_visit_responsible"}
    opened = cast.doctor.post("/api/v1/visits", body | {"department": "general_practice"})
    assert opened.status_code == 201, opened.json
    visit = opened.json
    assert visit["department_name"] == "全科"
    assert cast.doctor.get(f"/api/v1/handoffs/{handoff}").json["status"] == "seen"
    assert {t.status for t in tasks_about(app, cast, handoff)} == {"done"}

    early = cast.doctor.post(f"/api/v1/visits/{visit['id']}/finish", {})
    assert early.status_code == 422
    assert set(problems(early)) == {"records.first_visit_outcome"}
    own, foreign = ("XM-", "MS-") if cast.county == "xinmi" else ("MS-", "XM-")
    assert all(source.startswith(own) for source in problems(early).values())
    assert foreign not in early.get_data(as_text=True)
    still_open = cast.doctor.get("/api/v1/visits").json["items"]
    assert visit["id"] in {item["id"] for item in still_open}

    done = cast.doctor.post(
        f"/api/v1/visits/{visit['id']}/finish",
        {"diagnosis_code": "I10", "diagnosis_text": "高血压 2 级", "treatment": "加一种药", "outcome": "treated"},
    )
    assert done.status_code == 200, done.json
    assert (done.json["status"], done.json["outcome"], done.json["actions"]) == ("finished", "treated", [])
    again = cast.doctor.post(f"/api/v1/visits/{visit['id']}/finish", {"outcome": "treated", "diagnosis_text": "x"})
    assert again.status_code == 409
    assert cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/timeline").status_code == 404, "sight has ended"
    own_record = cast.patient.get(f"/api/v1/residents/{cast.patient_id}/timeline").json["items"]
    assert {item["kind"] for item in own_record} == {"handoff", "readings", "visit"}


def test_a_visit_cannot_be_closed_in_the_database_without_an_outcome(app, cast: Cast) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    body = {"resident_id": str(cast.patient_id), "department": "general_practice"}
    visit = cast.doctor.post("/api/v1/visits", body).json["id"]
    with app.app_context(), pytest.raises(IntegrityError), transaction() as current:
        current.execute(text("UPDATE visit SET status = 'finished' WHERE id = :id"), {"id": UUID(visit)})


def test_a_village_clinic_is_its_own_department(cast: Cast) -> None:
    opened = cast.village_doctor.post("/api/v1/visits", {"resident_id": str(cast.patient_id)})
    assert opened.status_code == 201
    assert opened.json["department"] is None


def test_a_village_doctor_hands_over_only_people_of_the_own_villages(app, cast: Cast) -> None:
    _, stranger = factories.resident_person(app, cast.county, village="elsewhere")
    answer = cast.village_doctor.post("/api/v1/handoffs", slip(cast, resident_id=str(stranger)))
    assert answer.status_code == 404


def test_swapped_pressure_sends_no_slip(cast: Cast) -> None:
    swapped = [PRESSURE[0] | {"value": 90}, PRESSURE[1] | {"value": 150}]
    answer = cast.village_doctor.post("/api/v1/handoffs", slip(cast, values=swapped))
    assert answer.status_code == 422
    assert answer.json["violations"][0]["rule"] == "records.measured_pressure_swapped"
    sent = cast.village_doctor.get("/api/v1/handoffs").json["items"]
    assert [one for one in sent if one["person"]["id"] == str(cast.patient_id)] == []


def test_taking_back_ends_the_townships_sight(app, cast: Cast) -> None:
    handoff = cast.village_doctor.post("/api/v1/handoffs", slip(cast, urgent=True)).json["id"]
    [task] = tasks_about(app, cast, handoff)
    assert task.priority == "urgent"
    assert cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/timeline").status_code == 200
    assert cast.village_doctor.post(f"/api/v1/handoffs/{handoff}/cancel").json["status"] == "cancelled"
    assert cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/timeline").status_code == 404
    assert cast.doctor.post(f"/api/v1/handoffs/{handoff}/take").status_code == 409


def test_a_slip_of_another_person_opens_no_visit(app, cast: Cast) -> None:
    handoff = cast.village_doctor.post("/api/v1/handoffs", slip(cast)).json["id"]
    _, other = factories.resident_person(app, cast.county)
    body = {"resident_id": str(other), "handoff_id": handoff, "department": "general_practice"}
    assert cast.doctor.post("/api/v1/visits", body).status_code == 409


@pytest.mark.clause("XM-5.8")
def test_reading_a_record_is_written_down(app, cast: Cast) -> None:
    from backend.store.audit import AuditEvent

    cast.village_doctor.post("/api/v1/handoffs", slip(cast))
    cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/timeline")
    with app.app_context(), transaction() as current:
        read = current.scalars(
            select(AuditEvent).where(AuditEvent.resident_id == cast.patient_id, AuditEvent.action == "record.read")
        ).all()
    assert [row.account_id for row in read] == [cast.doctor.account_id]


@pytest.mark.clause("XM-5.3")
@pytest.mark.clause("MS-4.2.3b")
def test_a_result_counts_in_its_direction(app, cast: Cast) -> None:
    body = {"resident_id": str(cast.patient_id), "department": "general_practice"}
    cast.doctor.post("/api/v1/visits", body)
    today = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/timeline").json["items"][0]["at"][:10]
    result = {"item": "ecg", "name": "心电图", "taken_on": today, "text": "窦性心律", "quality_mark": True}
    written = cast.doctor.post(f"/api/v1/residents/{cast.patient_id}/results", result)
    assert written.status_code == 201, written.json
    county_hospital = {"xinmi": "first-hospital", "mangshi": "people-hospital"}[cast.county]
    path = f"/api/v1/residents/{cast.patient_id}/results"
    [here] = cast.doctor.get(path).json["items"]
    [above] = cast.doctor.get(f"{path}?at={county_hospital}").json["items"]
    assert (here["recognition"]["recognised"], above["recognition"]["recognised"]) == (True, False)
    assert above["recognition"]["why"] == "lower_to_upper"
    assert cast.doctor.get(f"{path}?at=nowhere").status_code == 404
    future = cast.doctor.post(path, result | {"taken_on": "2999-01-01"})
    assert future.json["code"] == "future_result"

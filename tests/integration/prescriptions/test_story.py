"""From the doctor's hand to the patient's: written, reviewed, prepared, collected. MS-5.2b."""

from datetime import timedelta

import pytest

from backend.contracts.queries import today
from backend.store.db import transaction
from backend.worklist.models import Task
from tests.integration.prescriptions.conftest import by_self, make_house


@pytest.mark.clause("MS-5.2b")
@pytest.mark.parametrize("county", ["mangshi", "xinmi"])
def test_a_long_prescription_goes_from_the_doctor_to_the_patients_hand(app, county) -> None:
    house = make_house(app, county)
    check = house.doctor.get(
        f"/api/v1/residents/{house.patient_id}/long-prescription-check?condition=hypertension&drugs=amlodipine-5"
    )
    assert check.status_code == 200, check.text
    assert (check.json["may"], check.json["violations"], check.json["issue"]) == (True, [], "first")
    assert check.json["max_days"] == (84 if county == "xinmi" else 56)
    answer = house.issue()
    assert answer.status_code == 201, answer.text
    one = answer.json
    assert (one["status"], one["issue_text"], one["days"]) == ("issued", "第一次开", 28)
    assert one["items"][0]["dose_text"] == "每次 1 片，一天 1 次"
    assert one["items"][0]["quantity"] == 28
    path = f"/api/v1/long-prescriptions/{one['id']}"
    assert house.get(one["id"], house.pharmacist)["actions"] == ["review", "return"]
    assert house.pharmacist.post(f"{path}/review").json["status"] == "reviewed"
    assert house.get(one["id"], house.dispenser)["actions"] == ["dispense"]
    assert house.dispenser.post(f"{path}/dispense").json["status"] == "dispensed"
    seen = house.get(one["id"], house.patient)
    assert "可以到" in seen["pickup_text"]
    assert (seen["note"], seen["advice"], seen["actions"]) == ("", "少吃盐，每周量两次血压。", [])
    done = house.dispenser.post(f"{path}/pickups", by_self())
    assert done.status_code == 201, done.text
    assert (done.json["status"], done.json["days_left"]) == ("collected", 28)
    mine = house.patient.get("/api/v1/long-prescriptions?running=true").json["items"]
    assert [row["id"] for row in mine] == [one["id"]]
    with app.app_context(), transaction() as current:
        tasks = current.query(Task).filter(Task.county_id == county, Task.focus_id == one["id"]).all()
        assert {(task.kind, task.status) for task in tasks} == {
            ("prescription_review", "done"),
            ("prescription_dispense", "done"),
        }
        assert done.json["last_day"] == str(today() + timedelta(days=27))


def test_what_was_written_is_sealed_and_steps_have_their_order(house) -> None:
    one = house.issued()
    path = f"/api/v1/long-prescriptions/{one}"
    assert house.dispenser.post(f"{path}/dispense").json["code"] == "illegal_move"
    assert house.dispenser.post(f"{path}/pickups", by_self()).json["code"] == "not_prepared"
    assert house.dispenser.post(f"{path}/review").status_code == 403
    assert house.patient.post(f"{path}/stop", {"reason": "goal-not-met"}).status_code == 403
    from sqlalchemy import text

    with house.app.app_context(), transaction() as current:
        row = current.execute(text("SELECT * FROM long_prescription WHERE id = :id"), {"id": one}).mappings().one()
        item = current.execute(text("SELECT * FROM prescription_item WHERE prescription_id = :id"), {"id": one})
        held = b"".join(
            value for value in [*row.values(), *item.mappings().one().values()] if isinstance(value, bytes | memoryview)
        )
        assert len(held) > 60
        assert "高血压六年".encode() not in held
        assert "早上".encode() not in held


def test_a_pharmacist_sends_it_back_and_the_doctor_writes_anew(house) -> None:
    one = house.issued()
    path = f"/api/v1/long-prescriptions/{one}"
    assert house.pharmacist.post(f"{path}/return", {"note": "剂量请再核对"}).json["status"] == "returned"
    assert house.get(one)["return_note"] == "剂量请再核对"
    assert house.get(one, house.patient)["return_note"] == ""
    again = house.issue(items=[{"drug": "amlodipine-5", "per_time": "0.5", "times_a_day": 1}])
    assert again.status_code == 201, again.text
    assert again.json["items"][0]["quantity"] == 14
    assert again.json["carry_days"] == 0


def test_another_townships_pharmacy_and_doctor_see_nothing(house, app) -> None:
    other = make_house(app, institution="th-chaohua")
    one = house.issued()
    for person in (other.pharmacist, other.dispenser, other.doctor, other.patient):
        assert person.get(f"/api/v1/long-prescriptions/{one}").status_code == 404
        assert one not in person.get("/api/v1/long-prescriptions").text
    assert other.issue(resident=house.patient_id).status_code == 404
    foreign = make_house(app, "mangshi")
    assert foreign.pharmacist.get(f"/api/v1/long-prescriptions/{one}").status_code == 404
    assert house.issue(days=0).status_code == 422

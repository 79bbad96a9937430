"""Danger and admission freeze; run-out is reminded, looked at, and gone on with or not. LP-10 to LP-12."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.alliance.queries import county_ids
from backend.followup.events import DangerReported
from backend.jobs.ticks import TICKS
from backend.kernel.ids import new_id
from backend.notices.models import Notice
from backend.prescriptions.models import LongPrescription, PrescriptionRenewal
from backend.prescriptions.renewals import remind
from backend.records.events import PatientAdmitted
from backend.records.models import Stay
from backend.store.db import transaction
from backend.store.events import publish
from backend.worklist.models import Task
from tests.integration.prescriptions.conftest import ASSESSED, by_self, long_one, make_house, rules_of, written


def look(house) -> int:
    with house.app.app_context(), transaction() as current:
        return remind(current, house.county_id)


def renewal_of(house, one: str) -> PrescriptionRenewal:
    with house.app.app_context(), transaction() as current:
        row = current.scalar(select(PrescriptionRenewal).where(PrescriptionRenewal.prescription_id == one))
        assert row is not None
        return row


def doctor_of(house, one: str) -> UUID:
    with house.app.app_context(), transaction() as current:
        row = current.get(LongPrescription, (house.county_id, one))
        assert row is not None
        return row.practitioner_id


def danger(house) -> None:
    with house.app.app_context(), transaction():
        publish(
            DangerReported(
                county_id=house.county_id,
                visit_id=new_id(),
                resident_id=house.patient_id,
                condition="hypertension",
            )
        )


def again(**changed: object) -> dict[str, object]:
    form = written(**changed)
    form.pop("condition")
    return form


@pytest.mark.clause("MS-5.2b")
@pytest.mark.parametrize("county", ["mangshi", "xinmi"])
def test_the_renewal_is_reminded_once_and_reviewed_with_a_reading(app, turned, county) -> None:
    house = make_house(app, county)
    one = house.collected()
    turned(days=20)
    look(house)
    with app.app_context(), transaction() as current:
        assert current.scalar(select(PrescriptionRenewal).where(PrescriptionRenewal.prescription_id == one)) is None
    turned(days=1)
    look(house)
    look(house)
    renewal = renewal_of(house, one)
    with app.app_context(), transaction() as current:
        notices = current.scalars(select(Notice).where(Notice.focus_id == renewal.id)).all()
        tasks = current.scalars(select(Task).where(Task.focus_id == renewal.id)).all()
        assert [(row.kind, row.resident_id) for row in notices] == [("prescription_renewal", house.patient_id)]
        assert notices[0].fallback["practitioner_id"] == str(house.team.village_doctor_id)
        assert notices[0].fields == {}
        assert [(row.kind, row.practitioner_id) for row in tasks] == [("prescription_renewal", house.team.leader_id)]
    told = house.get(one, house.patient)["renewal"]["text"]
    assert "医生看过才能定" in told
    path = f"/api/v1/prescription-renewals/{renewal.id}"
    seen = house.doctor.get(path).json
    assert [row["rule"] for row in seen["violations"]] == ["prescriptions.last_reading"]
    assert rules_of(house.doctor.post(f"{path}/renew", again())) == {"prescriptions.last_reading": "LP-10"}
    house.measure(168, 80)
    assert rules_of(house.doctor.post(f"{path}/renew", again())) == {"prescriptions.goal_reached": "LP-10"}
    turned(minutes=1)
    house.measure(126, 78)
    done = house.doctor.post(f"{path}/renew", again(note=""))
    assert done.status_code == 201, done.text
    new = done.json
    assert (new["issue"], new["renews_id"], new["carry_days"]) == ("renewal", one, 7)
    assert renewal_of(house, one).status == "renewed"
    with app.app_context(), transaction() as current:
        task = current.scalar(select(Task).where(Task.focus_id == renewal.id))
        assert task is not None and (task.status, task.outcome) == ("done", "renewed")
    assert house.doctor.post(f"{path}/renew", again()).json["code"] == "illegal_move"
    assert house.patient.get(path).status_code == 403


def test_drugs_still_in_hand_count_towards_the_cap_and_the_window(house, turned) -> None:
    one = house.collected(**long_one(70))
    assert rules_of(house.issue(**long_one(28)))["prescriptions.max_days"] == "LP-04"
    turned(days=50)
    house.measure()
    new = house.issued()
    row = house.get(new)
    assert (row["carry_days"], row["renews_id"]) == (20, one)
    house.pharmacist.post(f"/api/v1/long-prescriptions/{new}/review")
    early = house.dispenser.post(f"/api/v1/long-prescriptions/{new}/dispense")
    assert rules_of(early) == {"prescriptions.window": "S-pickup"}
    assert "取药时间" in house.get(new, house.patient)["pickup_text"]
    turned(days=13)
    assert house.dispenser.post(f"/api/v1/long-prescriptions/{new}/dispense").status_code == 200


def test_who_collects_late_is_reminded_late(house, turned) -> None:
    one = house.prepared()
    turned(days=5)
    assert house.dispenser.post(f"/api/v1/long-prescriptions/{one}/pickups", by_self()).json["days_left"] == 28
    turned(days=17)
    look(house)
    with house.app.app_context(), transaction() as current:
        assert current.scalar(select(PrescriptionRenewal).where(PrescriptionRenewal.prescription_id == one)) is None
    turned(days=90)
    look(house)
    assert renewal_of(house, one).status == "waiting"


def test_a_doctor_who_does_not_go_on_says_why_and_the_next_is_a_first_one(house, turned) -> None:
    one = house.collected()
    turned(days=25)
    look(house)
    path = f"/api/v1/prescription-renewals/{renewal_of(house, one).id}"
    assert house.doctor.post(f"{path}/decline", {"reason": "needs_examination"}).status_code == 422
    answer = house.doctor.post(f"{path}/decline", {"reason": "needs_examination", "words": "先来抽个血再说。"})
    assert (answer.status_code, answer.json["status"]) == (200, "declined")
    told = house.get(one, house.patient)["renewal"]
    assert (told["reason_text"], told["words"]) == ("要先做检查", "先来抽个血再说。")
    assert house.issue(note="").json["violations"][0]["rule"] == "prescriptions.first_assessment"
    again_first = house.issue()
    assert (again_first.status_code, again_first.json["issue"]) == (201, "first")


@pytest.mark.clause("MS-5.2b")
def test_danger_freezes_what_is_on_its_way_and_what_is_in_use(house) -> None:
    in_use = house.collected()
    on_way = house.prepared(condition="diabetes", items=[{"drug": "metformin-500", "per_time": 1, "times_a_day": 2}])
    village = house.team.village_doctor
    fetch = {"items": [{"prescription_id": on_way, "patient_paper": "id_card", "patient_digits": "0028"}]}
    assert village.post("/api/v1/drug-fetches", fetch).status_code == 201
    danger(house)
    danger(house)
    for one in (in_use, on_way):
        seen = house.get(one)
        assert (seen["status"], seen["frozen_text"]) == ("frozen", "因为出现危险值或危险情况")
        assert set(seen["actions"]) == {"go_on", "stop"}
        with house.app.app_context(), transaction() as current:
            tasks = current.scalars(select(Task).where(Task.focus_id == one, Task.status == "open")).all()
            kinds = {(task.kind, task.practitioner_id) for task in tasks}
            wanted = {("prescription_frozen", house.team.leader_id)}
            if one == on_way:
                wanted.add(("prescription_hold", house.team.village_doctor_id))
            assert kinds == wanted
    assert village.post(f"/api/v1/long-prescriptions/{on_way}/pickups", by_self()).json["code"] == "not_prepared"
    assert "先不要取药" in house.get(on_way, house.patient)["pickup_text"]
    refused = rules_of(house.issue(condition="coronary"))
    assert refused["prescriptions.stopped"] == "LP-12"
    assert house.pharmacist.post(f"/api/v1/long-prescriptions/{on_way}/go-on").status_code == 403
    assert house.doctor.post(f"/api/v1/long-prescriptions/{in_use}/go-on").json["status"] == "collected"
    resumed = house.doctor.post(f"/api/v1/long-prescriptions/{on_way}/go-on")
    assert resumed.json["status"] == "issued"
    assert house.pharmacist.post(f"/api/v1/long-prescriptions/{on_way}/review").status_code == 200
    assert house.dispenser.post(f"/api/v1/long-prescriptions/{on_way}/dispense").status_code == 200
    assert house.dispenser.post(f"/api/v1/long-prescriptions/{on_way}/pickups", by_self()).status_code == 201


def test_admission_freezes_and_a_stop_makes_the_next_a_first_one(house, turned) -> None:
    one = house.collected()
    turned(days=25)
    look(house)
    with house.app.app_context(), transaction() as current:
        stay = Stay(
            county_id="xinmi",
            resident_id=house.patient_id,
            institution="first-hospital",
            department="cardiology",
            came_as="not_referred",
            practitioner_id=doctor_of(house, one),
        )
        current.add(stay)
        current.flush()
        publish(
            PatientAdmitted(
                county_id="xinmi",
                stay_id=stay.id,
                resident_id=house.patient_id,
                institution="first-hospital",
                department="cardiology",
                came_as="not_referred",
            )
        )
    assert house.get(one)["frozen_text"] == "因为住院了"
    answer = house.doctor.post(f"/api/v1/long-prescriptions/{one}/stop", {"reason": "admitted", "note": "换药了"})
    assert answer.json["status"] == "stopped"
    assert renewal_of(house, one).status == "ended"
    fresh = house.issue()
    assert (fresh.status_code, fresh.json["issue"], fresh.json["carry_days"]) == (201, "first", 0)


def test_a_doctor_freezes_by_hand_for_a_reason_of_the_countys_list(house) -> None:
    one = house.collected()
    path = f"/api/v1/long-prescriptions/{one}/freeze"
    assert house.doctor.post(path, {"reason": "because"}).json["code"] == "unknown_reason"
    assert house.doctor.post(path, {"reason": "other-illness"}).json["status"] == "frozen"
    version = house.get(one)["version"]
    stale = house.doctor.request("POST", f"/api/v1/long-prescriptions/{one}/go-on", {}, **{"If-Match": '"1"'})
    assert (stale.status_code, version > 1) == (412, True)


def test_the_dead_are_not_reminded(house, turned) -> None:
    from backend.contracts.queries import today
    from backend.people.models import Resident

    one = house.collected()
    turned(days=25)
    with house.app.app_context(), transaction() as current:
        current.get_one(Resident, ("xinmi", house.patient_id)).died_on = today()
    look(house)
    with house.app.app_context(), transaction() as current:
        assert current.scalar(select(PrescriptionRenewal).where(PrescriptionRenewal.prescription_id == one)) is None


def test_the_database_itself_refuses_more_than_eighty_four_days_in_hand(house) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    one = house.issued()
    for change in (
        "days = 85, run_out_on = starts_on + 85",
        "starts_on = starts_on + 57, run_out_on = run_out_on + 57",
        "status = 'reviewed', days = 29, run_out_on = starts_on + 29",
        "status = 'frozen'",
    ):
        with house.app.app_context(), pytest.raises(IntegrityError), transaction() as current:
            current.execute(text(f"UPDATE long_prescription SET {change} WHERE id = :id"), {"id": one})


def test_the_tick_stands_in_the_table(app) -> None:
    assert any(tick.run is remind for tick in TICKS)
    with app.app_context(), transaction() as current:
        for county_id in county_ids(current):
            assert remind(current, county_id) >= 0
            assert remind(current, county_id) == 0


def test_the_five_points_are_kept_as_given(house) -> None:
    one = house.issued()
    with house.app.app_context(), transaction() as current:
        row = current.get_one(LongPrescription, ("xinmi", one))
        assert row.assessment == ASSESSED
        assert row.run_out_on - row.starts_on == timedelta(days=28)

"""Sent down, and back up within the days promised: one step, no queue, the same rules; and who chases the result."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.kernel.roles import Role
from backend.people.models import Account
from backend.records import stays
from backend.records.stays import Admission
from backend.referrals.models import Referral, ReferralAnswer
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests.factories import Person
from tests.integration.referrals.down_rig import Down, make_down
from tests.integration.referrals.rig import PIN, PIN_HASH, Cast, nothing_foreign, rules, signer


@pytest.fixture(params=["xinmi", "mangshi"])
def down(app, morning, request) -> Down:
    made = make_down(app, request.param)
    with app.app_context(), transaction() as current:
        account = current.get(Account, (made.county, made.team.leader.account_id))
        account.pin_hash = PIN_HASH
    return made


def back(down: Down, referral: str, **changes: Any) -> Any:
    body = {
        "indication": "undiagnosed",
        "standard": "hypertension-up",
        "article": 3,
        "choice_by_patient": True,
        "summary": "回来后两次 176/104",
        "pin": PIN,
    }
    return down.team.leader.post(f"/api/v1/referrals/{referral}/come-back", body | changes)


def taken_over(down: Down) -> str:
    referral = down.ready()
    assert down.take_over(referral).status_code == 200
    return referral


@pytest.mark.clause("MS-4.2.3c")
@pytest.mark.clause("XM-5.4c")
def test_back_up_in_one_step_without_a_queue(down: Down) -> None:
    referral = taken_over(down)
    assert "come_back" in down.read(referral, down.team.leader)["actions"]
    made = back(down, referral)
    assert made.status_code == 201, made.json
    nothing_foreign(down, made)
    up = made.json
    assert (up["status"], up["direction"], up["to_place"]["code"]) == ("submitted", "up", down.places.hospital)
    assert up["diagnosis_code"] == "I10", "the same illness"
    [row] = down.rows(ReferralAnswer, ReferralAnswer.referral_id == UUID(up["id"]))
    assert (row.status, row.answered_by) == ("accepted", None), "promised when the patient was sent down"
    assert "不用重新排队" in row.note
    [task] = down.tasks(up["id"], "referral.coming_back")
    assert (task.role, task.institution, task.status) == ("desk_clerk", down.places.hospital, "open")
    assert down.tasks(up["id"], "referral.answer") == [], "nobody is asked again"
    again = back(down, referral)
    assert (again.status_code, again.json["code"]) == (409, "already_referred")


@pytest.mark.clause("MS-4.2.3c")
def test_the_same_rules_judge_it_and_nothing_is_kept_of_a_refusal(down: Down) -> None:
    referral = taken_over(down)
    refused = back(down, referral, indication="chronic-care", standard=None, article=None, choice_by_patient=False)
    assert {"referral.indication_required", "referral.choice_required"} <= set(rules(refused))
    nothing_foreign(down, refused)
    wrong = back(down, referral, pin="000000")
    assert wrong.json["code"] == "pin_wrong"
    assert down.rows(Referral, Referral.back_from_id == UUID(referral)) == []


@pytest.mark.clause("MS-4.2.3c")
def test_the_promise_ends_after_the_countys_days(app, down: Down) -> None:
    waiting = down.ready()
    early = back(down, waiting)
    assert rules(early) == {"referral.way_back_days": "S-limits"}, "nobody has taken the patient over yet"
    assert down.take_over(waiting).status_code == 200
    with app.app_context(), transaction() as current:
        clock.turn(current, timedelta(days=31))
    late = back(down, waiting)
    assert rules(late) == {"referral.way_back_days": "S-limits"}
    assert "31 天" in late.json["violations"][0]["text"]
    assert "come_back" not in down.read(waiting, down.team.leader)["actions"]


def test_only_the_house_that_took_over_sends_back(app, down: Down) -> None:
    referral = taken_over(down)
    body = {"indication": "undiagnosed", "choice_by_patient": True, "pin": PIN}
    path = f"/api/v1/referrals/{referral}/come-back"
    assert down.ward.post(path, body).status_code == 403
    stranger = signer(app, down.places.hospital, Role.FAMILY_DOCTOR, county=down.county)
    assert stranger.post(path, body).status_code == 404


def test_turned_to_another_hospital_it_is_asked_like_any_other(down: Down) -> None:
    referral = taken_over(down)
    up = back(down, referral).json["id"]
    changed = down.team.leader.request(
        "PUT",
        f"/api/v1/referrals/{up}",
        {"to_institution": down.places.other_hospital, "cleared": ["to_department"], "pin": PIN},
    )
    assert changed.status_code == 200, changed.json
    rows = down.rows(ReferralAnswer, ReferralAnswer.referral_id == UUID(up))
    assert sorted(row.status for row in rows) == ["asked", "overtaken"]
    [task] = down.tasks(up, "referral.coming_back")
    assert task.status == "done"


@pytest.mark.clause("XM-5.4a")
def test_a_missing_result_is_chased_and_the_referring_doctor_sees_it(app, cast: Cast) -> None:
    referral = cast.issued()
    cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral})
    assert "我们会催" in line(cast, referral, "back")["detail"]
    limit = 3 if cast.county == "xinmi" else 5
    with app.app_context(), transaction() as current:
        clock.turn(current, timedelta(days=limit, minutes=1))
        escalate_overdue(current, cast.county)
    with app.app_context(), transaction() as current:
        [task] = current.query(Task).filter(Task.focus_id == UUID(referral), Task.kind == "referral.result")
        assert (task.role, task.institution) == ("medical_office", cast.places.hospital)
    seen = line(cast, referral, "back")["detail"]
    assert "已经催" in seen
    assert "医务科" in seen
    sent = cast.hospital_head.post(f"/api/v1/referrals/{referral}/result", {"result": "调药，两周后复查"})
    assert sent.status_code == 200, sent.json
    assert "催" not in line(cast, referral, "back")["detail"] or "我们会催" in line(cast, referral, "back")["detail"]


@pytest.mark.clause("XM-5.4a")
def test_the_referring_doctor_sees_the_bed_and_the_discharge(app, cast: Cast) -> None:
    referral = cast.issued(category="stay")
    cast.clerk.post("/api/v1/arrivals", {"category": "stay", "referral_id": referral})
    ward = signer(app, cast.places.hospital, Role.WARD_DOCTOR, county=cast.county, department="cardiology")
    with app.app_context(), transaction():
        stay = stays.admit(
            cast.clerk.actor(),
            Admission(
                cast.patient_id,
                "cardiology",
                "not_referred",
                referral_id=UUID(referral),
                diagnosis_code="I10",
                diagnosis_text="高血压 3 级",
            ),
        ).id
    assert line(cast, referral, "admitted")["state"] == "done"
    assert line(cast, referral, "discharged")["state"] != "done"
    assert ward.post(f"/api/v1/stays/{stay}/discharge", {"disposition": "home"}).status_code == 200
    assert line(cast, referral, "discharged")["state"] == "done"


def line(cast: Cast, referral: str, code: str) -> dict[str, Any]:
    return next(one for one in cast.read(referral)["way"] if one["code"] == code)


@pytest.mark.clause("XM-5.4a")
def test_who_came_to_see_a_doctor_stands_with_its_doctors_until_the_result_is_back(app, cast: Cast) -> None:
    seer = signer(app, cast.places.hospital, Role.SPECIALIST, county=cast.county, department="cardiology")
    other = signer(app, cast.places.hospital, Role.SPECIALIST, county=cast.county, department="neurology")
    referral = cast.issued()
    came = {"category": "outpatient", "referral_id": referral, "department": "cardiology"}
    assert cast.clerk.post("/api/v1/arrivals", came).status_code == 201

    def waiting(person: Person) -> list[str]:
        items = person.get("/api/v1/tasks").json["items"]
        return [one["kind"] for one in items if one["focus_id"] == referral]

    assert waiting(seer) == ["referral.to_see"]
    assert waiting(other) == [], "another department does not see them"
    assert "send_result" in cast.read(referral, seer)["actions"]
    assert "send_result" not in cast.read(referral, cast.doctor)["actions"]
    sent = seer.post(f"/api/v1/referrals/{referral}/result", {"result": "心绞痛，单硝酸异山梨酯"})
    assert sent.status_code == 200, sent.json
    assert waiting(seer) == []
    assert cast.read(referral)["status"] == "closed"


@pytest.mark.clause("MS-4.1b")
def test_signatures_made_up_after_the_patient_is_home_still_bring_the_certificate(cast: Cast) -> None:
    referral = cast.submitted(indication="critical", article=1)
    assert cast.consent(referral).status_code == 200
    came = {"category": "stay", "referral_id": referral}
    assert cast.clerk.post("/api/v1/arrivals", came).status_code == 201
    home = cast.hospital_head.post(f"/api/v1/referrals/{referral}/result", {"result": "稳定，回乡里接着治"})
    assert home.status_code == 200, home.json
    assert cast.read(referral)["certificate"] is None
    due = [one["kind"] for one in cast.head.get("/api/v1/tasks").json["items"] if one["focus_id"] == referral]
    assert due == ["referral.sign"], "the signer still has it"
    cast.sign_all(referral)
    seen = cast.read(referral)
    assert (seen["status"], seen["certificate"]["state"]) == ("closed", "used")
    [row] = [one for one in cast.clerk.get("/api/v1/arrivals").json["items"] if one["referral_id"] == referral]
    assert row["came_as"] in ("referred", "emergency")
    assert "按转诊" in row["benefit_note"], "the paper followed, and the bill follows the paper"

"""The doctor who sent somebody down sees how it goes and advises; the doctor below decides; the patient reads of it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.followup.advice_ticks import chase_unanswered, close_ended
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.models_advice import PlanAdvice
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.people import privacy
from backend.people.models import Resident
from backend.store import clock
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests.factories import Person
from tests.integration.followup.test_followup import GOOD
from tests.integration.referrals.down_rig import Down, make_down
from tests.integration.referrals.rig import nothing_foreign, rules, signer, to_working_hour

pytestmark = pytest.mark.clause("MS-4.2.3c")
SIGHT_DAYS = {"xinmi": 60, "mangshi": 90}


@pytest.fixture
def morning(app: Flask) -> Iterator[None]:
    to_working_hour(app, 10)
    yield
    with app.app_context(), transaction() as current:
        current.execute(update(clock.DomainClock).values(ahead=timedelta(0)))


@pytest.fixture(params=["xinmi", "mangshi"])
def below(app: Flask, morning: None, request: pytest.FixtureRequest) -> Down:
    """Somebody sent down and taken over this morning."""
    return taken_over(app, request.param)


def taken_over(app: Flask, county: str) -> Down:
    down = make_down(app, county)
    answer = down.take_over(down.ready())
    assert answer.status_code == 200, answer.json
    return down


def plan_of(down: Down) -> FollowUpPlan:
    [plan] = down.rows(FollowUpPlan, FollowUpPlan.resident_id == down.patient_id)
    return plan


def line(down: Down, who: Person | None = None) -> dict[str, Any] | None:
    answer = (who or down.ward).get("/api/v1/sent-down?limit=100")
    assert answer.status_code == 200, answer.json
    return next((one for one in answer.json["items"] if one["plan_id"] == str(plan_of(down).id)), None)


def advise(down: Down, who: Person | None = None, **changes: Any) -> Any:
    body = {"kind": "drug", "text": "夜里血压高，晚上那片改到睡前吃"} | changes
    return (who or down.ward).post(f"/api/v1/follow-up-plans/{plan_of(down).id}/advices", body)


def advised(down: Down, **changes: Any) -> str:
    made = advise(down, **changes)
    assert made.status_code == 201, made.json
    return made.json["id"]


def reply(down: Down, advice: str, who: Person | None = None, **body: Any) -> Any:
    return (who or down.team.leader).post(f"/api/v1/plan-advices/{advice}/answer", body)


def tick(down: Down, run: Callable[..., int]) -> int:
    with down.app.app_context(), transaction() as current:
        return run(current, down.county)


def turn(down: Down, **by: float) -> None:
    with down.app.app_context(), transaction() as current:
        clock.turn(current, timedelta(**by))


def status(advice: str, down: Down) -> str:
    [row] = down.rows(PlanAdvice, PlanAdvice.id == UUID(advice))
    return row.status


def test_the_doctor_above_sees_how_it_goes_below(below: Down) -> None:
    seen = line(below)
    assert seen is not None
    with below.app.app_context(), transaction():
        leader = below.team.leader.actor().name
    assert (seen["taken_over_by"], seen["cared_by"], seen["days"]) == (leader, leader, 0)
    assert seen["next_due_on"] == below.after(3), "two days before the drugs end"
    assert (seen["last"], seen["danger"], seen["advice_status"]) == (None, None, None)
    assert seen["seen_until"] == below.after(SIGHT_DAYS[below.county])
    page = below.ward.get("/api/v1/sent-down")
    assert page.json["source"]["id"] == {"xinmi": "S-upper-doctor", "mangshi": "MS-4.2.3c"}[below.county]
    nothing_foreign(below, page)
    [visit] = below.rows(FollowUpVisit, FollowUpVisit.plan_id == plan_of(below).id)
    measured = {"measures": {"systolic": 186, "diastolic": 112}, "danger_signs": [], "fields": GOOD, "mode": "clinic"}
    done = below.team.leader.post(f"/api/v1/follow-up-visits/{visit.id}/answers", measured)
    assert done.status_code == 201, done.json
    seen = line(below)
    assert seen is not None
    assert (seen["danger"], seen["last"]["outcome"]) == ({"on": below.after(0), "open": True}, "danger")
    assert seen["last"]["values"]["systolic"] == 186
    [task] = below.rows(Task, Task.focus_id == visit.id, Task.kind == "danger_value")
    has_it = below.team.leader if task.practitioner_id == below.team.leader_id else below.team.village_doctor
    assert has_it.post(f"/api/v1/tasks/{task.id}/done", {"outcome": "reached"}).status_code == 200
    seen = line(below)
    assert seen is not None
    assert seen["danger"] == {"on": below.after(0), "open": False}


def test_who_is_not_the_doctor_above_sees_nothing(below: Down) -> None:
    """Another doctor of the ward where the county keeps it to the one who sent; another ward; the house below."""
    hospital, county = below.places.hospital, below.county
    same_ward = signer(below.app, hospital, Role.WARD_DOCTOR, county=county, department="cardiology")
    other_ward = signer(below.app, hospital, Role.WARD_DOCTOR, county=county, department="neurology")
    plan = plan_of(below).id
    assert (line(below, same_ward) is not None) == (county == "mangshi")
    assert same_ward.get(f"/api/v1/follow-up-plans/{plan}").status_code == (200 if county == "mangshi" else 404)
    assert line(below, other_ward) is None
    for path in (f"/api/v1/follow-up-plans/{plan}", f"/api/v1/follow-up-plans/{plan}/advices"):
        assert other_ward.get(path).status_code == 404
    assert advise(below, other_ward).status_code == 404
    assert below.team.leader.get("/api/v1/sent-down").status_code == 403
    assert advise(below, below.team.leader).status_code == 403


def test_reading_the_list_leaves_a_trace_at_everybody_on_it_once_an_hour(below: Down) -> None:
    for _ in range(2):
        assert line(below) is not None
    rows = below.rows(AuditEvent, AuditEvent.action == "sent_down.read", AuditEvent.resident_id == below.patient_id)
    assert [row.account_id for row in rows] == [below.ward.account_id]
    log = below.patient.get("/api/v1/access-log")
    assert "看了转回来以后的随访" in [one["what"] for one in log.json["items"]]


def test_advice_is_a_named_doctors_task_and_taken_on_it_changes_the_plan(below: Down) -> None:
    advice = advised(below, kind="return_earlier", text="夜里胸闷，要早点看", return_on=below.after(2))
    [task] = below.rows(Task, Task.focus_id == UUID(advice))
    assert (task.kind, task.practitioner_id, task.status) == ("plan_advice", below.team.leader_id, "open")
    notices = below.rows(Notice, Notice.focus_id == UUID(advice))
    assert [(one.kind, one.practitioner_id) for one in notices] == [("task_waiting", below.team.leader_id)]
    items = [one for part in below.team.leader.get("/api/v1/today").json["sections"] for one in part["items"]]
    [item] = [one for one in items if one["page"].endswith(f"advice?id={advice}")]
    assert "提了建议：早点再看" in item["text"]
    read = below.team.leader.get(f"/api/v1/plan-advices/{advice}").json
    assert read["actions"] == ["take_on", "leave"]
    assert "不是处方" in read["no_prescription"]
    assert reply(below, advice, taken_on=True).json["violations"][0]["pointer"] == "/next_on"
    done = reply(below, advice, taken_on=True, next_on=below.after(1), text="明天我上门看")
    assert done.status_code == 200, done.json
    assert (done.json["status"], done.json["next_on"], done.json["actions"]) == ("taken_on", below.after(1), [])
    looks = below.rows(FollowUpVisit, FollowUpVisit.plan_id == plan_of(below).id)
    assert sorted((one.due_on.isoformat(), one.status) for one in looks) == [
        (below.after(1), "planned"),
        (below.after(3), "called_off"),
    ]
    [task] = below.rows(Task, Task.focus_id == UUID(advice))
    assert (task.status, task.outcome) == ("done", "taken_on")
    told = {one.practitioner_id for one in below.rows(Notice, Notice.focus_id == UUID(advice))}
    with below.app.app_context(), transaction():
        author = below.ward.actor().practitioner_id
    assert told == {below.team.leader_id, author}, "the doctor above hears what became of it"
    answer = below.ward.get(f"/api/v1/plan-advices/{advice}").json
    assert (answer["status"], answer["reply"]) == ("taken_on", "明天我上门看")
    again = reply(below, advice, taken_on=False, reason="not_fitting")
    assert (again.status_code, again.json["code"]) == (409, "illegal_move")


def test_not_taken_on_needs_a_reason_and_changes_nothing(below: Down) -> None:
    advice = advised(below)
    assert set(rules(reply(below, advice, taken_on=False))) == {"advice.reason"}
    assert set(rules(reply(below, advice, taken_on=False, reason="other"))) == {"advice.reply"}
    assert set(rules(reply(below, advice, taken_on=True))) == {"advice.reply"}
    before = [(one.id, one.due_on, one.status) for one in below.rows(FollowUpVisit)]
    done = reply(below, advice, taken_on=False, reason="not_available")
    assert done.status_code == 200, done.json
    assert (done.json["status"], done.json["reason_text"]) == ("not_taken_on", "这里没有这种药或检查")
    assert before == [(one.id, one.due_on, one.status) for one in below.rows(FollowUpVisit)]
    seen = line(below)
    assert seen is not None
    assert (seen["advice_status"], seen["advice_id"]) == ("not_taken_on", advice)


def test_everything_missing_is_said_at_once_and_one_kind_waits_once(below: Down) -> None:
    wrong = advise(below, kind="return_earlier", text=" ")
    assert set(rules(wrong)) == {"advice.text", "advice.return_on"}
    assert set(rules(advise(below, return_on=below.after(1)))) == {"advice.return_on"}
    assert set(rules(advise(below, kind="return_earlier", return_on=below.after(-1)))) == {"advice.day"}
    advised(below)
    twice = advise(below, text="再说一遍")
    assert (twice.status_code, twice.json["code"]) == (409, "advice_waiting")
    assert advise(below, kind="watch", text="脚肿要马上来").status_code == 201


def test_the_patient_reads_that_it_was_advised_and_what_became_of_it(below: Down) -> None:
    secret = "甪里：夜里血压高"
    advice = advised(below, text=secret)
    path = f"/api/v1/follow-up-plans/{plan_of(below).id}"
    [told] = below.patient.get(path).json["advised"]
    assert told["text"].endswith("的医生建议：用药")
    assert "药先照原来的吃" in told["outcome"]
    assert reply(below, advice, taken_on=False, reason="not_fitting").status_code == 200
    answer = below.patient.get(path)
    assert "没有照着改：现在的情况不合适" in answer.json["advised"][0]["outcome"]
    assert secret not in answer.get_data(as_text=True), "the doctors' words stay between the doctors"
    for way in (f"{path}/advices", f"/api/v1/plan-advices/{advice}"):
        assert below.patient.get(way).status_code == 403


def test_a_county_may_keep_it_among_the_doctors(below: Down, monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.alliance.queries import pack
    from backend.followup import advised as told

    advised(below)
    kept = pack(below.county)
    silent = kept.followup.upper_doctor.model_copy(update={"patient_told": False})
    changed = replace(kept, followup=kept.followup.model_copy(update={"upper_doctor": silent}))
    monkeypatch.setattr(told, "pack", lambda county_id: changed)
    assert below.patient.get(f"/api/v1/follow-up-plans/{plan_of(below).id}").json["advised"] == []


def test_unanswered_it_is_chased_once_and_goes_on_to_the_medical_office(below: Down) -> None:
    advice = advised(below)
    tick(below, chase_unanswered)  # others of this database may be due
    [row] = below.rows(PlanAdvice, PlanAdvice.id == UUID(advice))
    assert row.chased_at is None
    assert local_day(row.due_at).isoformat() > below.after(0), "a working day of the township, not of the clock"
    turn(below, seconds=(row.due_at - row.created_at).total_seconds() + 60)
    tick(below, chase_unanswered)
    assert tick(below, chase_unanswered) == 0
    keys = [one.dedupe_key.rsplit(":", 1)[1] for one in below.rows(Notice, Notice.focus_id == UUID(advice))]
    assert sorted(keys) == ["asked", "chased"]
    tick(below, escalate_overdue)
    [task] = below.rows(Task, Task.focus_id == UUID(advice))
    assert task.practitioner_id == below.team.leader_id, "chased first, then handed on"
    turn(below, seconds=(task.due_at - row.due_at).total_seconds() + 60)
    tick(below, escalate_overdue)
    [task] = below.rows(Task, Task.focus_id == UUID(advice))
    assert (task.practitioner_id, task.role, task.institution) == (None, "medical_office", below.places.township)
    office = signer(below.app, below.places.township, Role.MEDICAL_OFFICE, county=below.county)
    read = office.get(f"/api/v1/plan-advices/{advice}")
    assert (read.status_code, read.json["overdue"], read.json["actions"]) == (200, True, ["hand_on"])
    elsewhere = signer(below.app, below.places.hospital, Role.MEDICAL_OFFICE, county=below.county)
    assert elsewhere.get(f"/api/v1/plan-advices/{advice}").status_code == 404
    assert reply(below, advice, taken_on=True, text="改到睡前了").status_code == 200
    [task] = below.rows(Task, Task.focus_id == UUID(advice))
    assert task.status == "done", "the office's task ends with the answer"


def test_sight_ends_with_the_countys_days_and_closes_what_is_open(below: Down) -> None:
    advice = advised(below)
    turn(below, days=SIGHT_DAYS[below.county] - 1)
    assert line(below) is not None
    assert below.ward.get(f"/api/v1/residents/{below.patient_id}/timeline").status_code == 200, "the hospital follows"
    tick(below, close_ended)
    assert status(advice, below) == "open"
    turn(below, days=1, minutes=1)
    closed(below, advice)
    assert below.ward.get(f"/api/v1/residents/{below.patient_id}/timeline").status_code == 404
    assert below.team.leader.get(f"/api/v1/residents/{below.patient_id}/timeline").status_code == 200


def test_taking_the_consent_back_closes_it_at_once(below: Down) -> None:
    advice = advised(below)
    with below.app.app_context(), transaction():
        privacy.withdraw(below.patient.actor(), "health")
    closed(below, advice)
    with below.app.app_context(), transaction() as current:
        [row] = current.scalars(
            select(AuditEvent).where(AuditEvent.action == "plan_advice.lapse", AuditEvent.entity_id == UUID(advice))
        )
        assert (row.from_status, row.to_status) == ("open", "lapsed")


def closed(below: Down, advice: str) -> None:
    plan = plan_of(below).id
    assert line(below) is None
    for path in (f"/api/v1/follow-up-plans/{plan}", f"/api/v1/plan-advices/{advice}"):
        assert below.ward.get(path).status_code == 404
    assert advise(below).status_code == 404
    tick(below, close_ended)
    assert status(advice, below) == "lapsed"
    [task] = below.rows(Task, Task.focus_id == UUID(advice))
    assert (task.status, task.outcome) == ("done", "lapsed")
    late = reply(below, advice, taken_on=True, text="好")
    assert (late.status_code, late.json["code"]) == (409, "illegal_move")


def test_a_stopped_plan_and_a_death_close_it_too(below: Down) -> None:
    advice, watch = advised(below), advised(below, kind="watch", text="脚肿")
    plan = plan_of(below).id
    assert below.team.leader.post(f"/api/v1/follow-up-plans/{plan}/stop").status_code == 200
    refused = advise(below, kind="other", text="还有一句")
    assert (refused.status_code, refused.json["code"]) == (409, "plan_stopped")
    refused = reply(below, advice, taken_on=True, next_on=below.after(1))
    assert (refused.status_code, refused.json["code"]) == (409, "plan_stopped")
    tick(below, close_ended)
    assert (status(advice, below), status(watch, below)) == ("lapsed", "lapsed")
    other = taken_over(below.app, below.county)
    advice = advised(other)
    with other.app.app_context(), transaction() as current:
        current.get_one(Resident, (other.county, other.patient_id)).died_on = other.today
    tick(other, close_ended)
    assert status(advice, other) == "lapsed"
    seen = line(other)
    assert seen is not None
    assert seen["died"]


def test_it_is_taken_back_by_whoever_wrote_it_while_nobody_answered(below: Down) -> None:
    advice = advised(below)
    path = f"/api/v1/plan-advices/{advice}/take-back"
    same_ward = signer(below.app, below.places.hospital, Role.WARD_DOCTOR, county=below.county, department="cardiology")
    assert same_ward.post(path).status_code == 404
    assert below.ward.get(f"/api/v1/plan-advices/{advice}").json["actions"] == ["take_back"]
    done = below.ward.post(path)
    assert (done.status_code, done.json["status"]) == (200, "taken_back")
    [task] = below.rows(Task, Task.focus_id == UUID(advice))
    assert task.status == "done"
    assert below.patient.get(f"/api/v1/follow-up-plans/{plan_of(below).id}").json["advised"] == []
    answered = advised(below)
    assert reply(below, answered, taken_on=True, text="好").status_code == 200
    assert below.ward.post(f"/api/v1/plan-advices/{answered}/take-back").status_code == 409


def test_two_answers_at_once_are_one(below: Down) -> None:
    advice, start = advised(below), Barrier(2)

    def answer(taken_on: bool) -> int:
        body = {"taken_on": True, "text": "好"} if taken_on else {"taken_on": False, "reason": "not_fitting"}
        start.wait()
        return reply(below, advice, **body).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, (True, False))) == [200, 409]
    answered = [
        one for one in below.rows(Notice, Notice.focus_id == UUID(advice)) if one.dedupe_key.endswith("answered")
    ]
    assert len(answered) == 1


def test_another_hand_over_takes_the_sight_with_it(below: Down) -> None:
    """The plan then belongs to the way down that came after; the doctor of the first reads no more."""
    advice = advised(below)
    with below.app.app_context(), transaction() as current:
        plan = current.get_one(FollowUpPlan, (below.county, plan_of(below).id))
        plan.referral_id = None
    assert line(below) is None
    tick(below, close_ended)
    assert status(advice, below) == "lapsed"

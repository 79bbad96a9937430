"""A plan from hand-over to danger: what is due is asked, what is dangerous has somebody's name on it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from backend.followup import planner
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.plans import Beginning, begin_plan, plan_visit
from backend.followup.states import VISITS, FollowUpVisitAction, FollowUpVisitStatus
from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role, system_actor
from backend.notices.models import Notice
from backend.records.models import Reading
from backend.records.service import grant
from backend.referrals.events import HandOverAccepted
from backend.store import clock, events
from backend.store.db import transaction
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests.factories import Person, make_practitioner, resident_person, staff_person

TOWNSHIP = {"xinmi": "th-yuanzhuang", "mangshi": "th-fengping"}
GOOD = {"adherence": "按时吃", "reaction": False}


@dataclass
class Cared:
    """A resident with a plan, their doctor, and a stranger's doctor."""

    app: Flask
    county: str
    person: Person
    resident_id: UUID
    doctor: Person
    doctor_id: UUID
    stranger: Person
    visit_id: UUID
    plan_id: UUID

    def rows(self, model, *conditions):
        with self.app.app_context(), transaction() as current:
            return list(current.scalars(select(model).where(*conditions)))

    def visit(self) -> FollowUpVisit:
        return self.rows(FollowUpVisit, FollowUpVisit.id == self.visit_id)[0]


@pytest.fixture(params=["xinmi", "mangshi"])
def cared(app: Flask, request) -> Cared:
    return care_for(app, request.param)


def care_for(app: Flask, county: str, condition: str = "hypertension") -> Cared:
    place = TOWNSHIP[county]
    person, resident_id = resident_person(app, county)
    doctor, doctor_id = staff_person(app, place, Role.FAMILY_DOCTOR, county_id=county)
    stranger, _ = staff_person(app, place, Role.FAMILY_DOCTOR, county_id=county)
    with app.app_context(), transaction() as current:
        grant(county, resident_id, "contract", new_id(), [f"practitioner:{doctor_id}"])
        today = local_day(clock.now())
        plan = begin_plan(system_actor(county), resident_id, Beginning(condition, "doctor", place, doctor_id, today))
        plan_id = plan.id
        visit_id = current.scalar(select(FollowUpVisit.id).where(FollowUpVisit.plan_id == plan_id))
    assert visit_id is not None
    return Cared(app, county, person, resident_id, doctor, doctor_id, stranger, visit_id, plan_id)


def answer(systolic: float = 132, diastolic: float = 80, signs: tuple[str, ...] = (), **more) -> dict:
    return {
        "measures": {"systolic": systolic, "diastolic": diastolic},
        "danger_signs": list(signs),
        "fields": GOOD,
    } | more


def test_what_is_due_is_asked_once(cared: Cared) -> None:
    with cared.app.app_context():
        with transaction() as current:
            assert planner.ask_due(current, cared.county) >= 1
        with transaction() as current:
            assert planner.ask_due(current, cared.county) == 0
    assert cared.visit().status == FollowUpVisitStatus.ASKED
    notices = cared.rows(Notice, Notice.focus_id == cared.visit_id)
    assert [(n.kind, n.fallback["practitioner_id"]) for n in notices] == [("follow_up_due", str(cared.doctor_id))]
    assert VISITS.moves[FollowUpVisitStatus.PLANNED, FollowUpVisitAction.ASK].to is FollowUpVisitStatus.ASKED


def test_a_good_answer_is_kept_and_the_next_look_planned(cared: Cared) -> None:
    form = cared.person.get(f"/api/v1/follow-up-visits/{cared.visit_id}")
    assert form.status_code == 200
    assert [m["code"] for m in form.json["form"]["measures"]][:2] == ["systolic", "diastolic"]
    done = cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer(note="昨晚睡得好"))
    assert done.status_code == 201, done.json
    assert (done.json["outcome"], done.json["advice"]) == ("controlled", None)
    assert done.json["visit"]["note"] == "昨晚睡得好"
    visit = cared.visit()
    assert (visit.mode, visit.face_to_face, visit.done_by) == ("self", False, None)
    readings = cared.rows(Reading, Reading.set_id == visit.reading_set)
    assert {(r.code, float(r.value), r.source) for r in readings} == {
        ("systolic", 132, "self"),
        ("diastolic", 80, "self"),
    }
    following = cared.rows(FollowUpVisit, FollowUpVisit.plan_id == cared.plan_id, FollowUpVisit.status == "planned")
    assert [v.due_on for v in following] == [visit.due_on + timedelta(days=90)]
    again = cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer())
    assert (again.status_code, again.json["code"]) == (409, "illegal_move")


def test_the_same_key_twice_is_one_answer(cared: Cared) -> None:
    path, key = f"/api/v1/follow-up-visits/{cared.visit_id}/answers", uuid4().hex
    first = cared.person.post(path, answer(), key=key)
    second = cared.person.post(path, answer(), key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json


def test_danger_shows_advice_at_once_and_climbs_from_person_to_person(
    cared: Cared, turned: Callable[..., None]
) -> None:
    done = cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer(186, 112))
    assert done.json["outcome"] == "danger"
    assert "120" in done.json["advice"]
    assert done.json["emergency_phone"] == "120"
    with cared.app.app_context(), transaction():
        name = cared.doctor.actor().name
    assert done.json["told"] == [f"家庭医生 {name}"]
    standing = done.json["standing"]
    assert (standing["open"], standing["owner"]) == (True, name)
    assert standing["next_owner"]
    later = cared.person.get(f"/api/v1/follow-up-visits/{cared.visit_id}").json
    assert later["result"] == {key: value for key, value in done.json.items() if key != "visit"}
    task = cared.rows(Task, Task.dedupe_key == f"danger:{cared.visit_id}")[0]
    assert (task.practitioner_id, task.priority, task.status) == (cared.doctor_id, "stat", "open")
    assert task.detail["measures"] == {"systolic": 186, "diastolic": 112}
    assert len(task.ladder) >= 1
    turned(minutes=31)
    with cared.app.app_context(), transaction() as current:
        assert escalate_overdue(current, cared.county) >= 1
    climbed = cared.rows(Task, Task.id == task.id)[0]
    assert climbed.level == 1
    assert climbed.practitioner_id != cared.doctor_id
    assert climbed.status == "open"


def test_a_danger_sign_alone_is_enough(cared: Cared) -> None:
    done = cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer(signs=("chest-tightness",)))
    assert done.json["outcome"] == "danger"


def test_with_a_danger_sign_nothing_else_is_asked_for(cared: Cared) -> None:
    path = f"/api/v1/follow-up-visits/{cared.visit_id}/answers"
    assert cared.person.post(path, {"measures": {}, "danger_signs": [], "fields": {}}).status_code == 422
    assert cared.person.post(path, {"danger_signs": ["no-such-sign"]}).status_code == 422
    done = cared.person.post(path, {"danger_signs": ["consciousness"]})
    assert (done.status_code, done.json["outcome"]) == (201, "danger")


def test_twice_out_of_hand_puts_a_referral_on_the_doctors_list(cared: Cared) -> None:
    cared.doctor.post(
        f"/api/v1/follow-up-visits/{cared.visit_id}/answers",
        answer(165, 95, mode="home", fields={**GOOD, "mode": "上门"}),
    )
    first = cared.visit()
    assert (first.face_to_face, first.done_by) == (True, cared.doctor_id)
    following = cared.rows(FollowUpVisit, FollowUpVisit.plan_id == cared.plan_id, FollowUpVisit.status == "planned")[0]
    assert following.due_on == first.due_on + timedelta(days=14)
    done = cared.person.post(f"/api/v1/follow-up-visits/{following.id}/answers", answer(168, 96))
    assert done.json["refer"] is True
    assert cared.rows(Task, Task.dedupe_key == f"followup-refer:{following.id}")[0].practitioner_id == cared.doctor_id


def test_wrong_numbers_come_back_with_their_place_and_nothing_is_kept(cared: Cared) -> None:
    refused = cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", answer(80, 120))
    assert refused.status_code == 422
    assert refused.json["violations"][0]["pointer"] == "/measures/systolic"
    assert cared.visit().status == FollowUpVisitStatus.PLANNED
    for bad in ({"measures": {"systolic": "高"}}, {"measures": {"systolic": 1e400}}, {"mode": "飞"}, {"x": 1}):
        assert cared.person.post(f"/api/v1/follow-up-visits/{cared.visit_id}/answers", bad).status_code in (400, 422)


def test_a_stranger_sees_and_does_nothing(cared: Cared, app: Flask) -> None:
    other, _ = resident_person(app, cared.county)
    elsewhere, _ = resident_person(app, "mangshi" if cared.county == "xinmi" else "xinmi")
    for nobody in (other, elsewhere, cared.stranger):
        assert nobody.get(f"/api/v1/follow-up-visits/{cared.visit_id}").status_code == 404
        path = f"/api/v1/follow-up-visits/{cared.visit_id}/answers"
        assert nobody.post(path, answer()).status_code == 404
        assert nobody.get(f"/api/v1/follow-up-plans/{cared.plan_id}").status_code == 404
    assert cared.visit().status == FollowUpVisitStatus.PLANNED


def test_a_missed_look_goes_to_the_village_doctor_then_to_the_next(cared: Cared, turned: Callable[..., None]) -> None:
    turned(days=5)
    with cared.app.app_context():
        with transaction() as current:
            assert planner.tell_overdue(current, cared.county) >= 1
        with transaction() as current:
            assert planner.tell_overdue(current, cared.county) == 0
    task = cared.rows(Task, Task.dedupe_key == f"followup-overdue:{cared.visit_id}")[0]
    assert task.practitioner_id == cared.doctor_id
    assert task.ladder[-1]["role"] == "public_health"


@pytest.mark.clause("MS-4.2.2d1")
def test_an_accepted_hand_over_has_its_plan_before_the_drugs_run_out(app: Flask) -> None:
    _, resident_id = resident_person(app, "mangshi")
    with app.app_context():
        with transaction() as current:
            doctor = make_practitioner(current, "th-fengping", Role.FAMILY_DOCTOR, county_id="mangshi")
            doctor_id, today = doctor.id, local_day(clock.now())
        with transaction():
            events.publish(handed(resident_id, doctor_id, today, medicine_ends_on=today + timedelta(days=5)))
        with transaction() as current:
            plan = current.scalar(select(FollowUpPlan).where(FollowUpPlan.resident_id == resident_id))
            due = current.scalar(select(FollowUpVisit.due_on).where(FollowUpVisit.resident_id == resident_id))
    assert plan is not None
    assert (plan.basis, plan.hospital_follows) == ("hand_over", True)
    assert due == today + timedelta(days=3)


def test_when_the_plan_cannot_be_made_the_hand_over_is_not_accepted(app: Flask) -> None:
    with app.app_context(), pytest.raises(Exception, match="not_found"), transaction():
        events.publish(handed(uuid4(), uuid4(), date(2026, 11, 24)))


def handed(resident_id: UUID, doctor_id: UUID, today: date, **more) -> HandOverAccepted:
    return HandOverAccepted(
        county_id="mangshi",
        referral_id=new_id(),
        resident_id=resident_id,
        institution="th-fengping",
        kind="home",
        condition="hypertension",
        hospital_follows=True,
        practitioner_id=doctor_id,
        upper_institution="people-hospital",
        discharged_on=today,
        **more,
    )


def test_a_stopped_plan_asks_nobody_any_more(cared: Cared) -> None:
    """A look that was planned in the same moment in which the plan was stopped is left over: nobody is asked for it."""
    stopped = cared.doctor.post(f"/api/v1/follow-up-plans/{cared.plan_id}/stop")
    assert stopped.status_code == 200, stopped.json
    with cared.app.app_context(), transaction() as current:
        plan = current.get_one(FollowUpPlan, (cared.county, cared.plan_id))
        for days in (1, 60):
            plan_visit(plan, "v-test", local_day(clock.now()) - timedelta(days=days))
    for tick in (planner.ask_due, planner.tell_overdue):
        with cared.app.app_context(), transaction() as current:
            tick(current, cared.county)
    left = cared.rows(FollowUpVisit, FollowUpVisit.plan_id == cared.plan_id, FollowUpVisit.status != "called_off")
    assert {(one.status, one.overdue_told_at) for one in left} == {("planned", None)}
    assert cared.rows(Notice, Notice.focus_id.in_([one.id for one in left])) == []
    assert cared.rows(Task, Task.focus_id.in_([one.id for one in left])) == []


def test_two_who_start_the_same_plan_at_once_leave_one(cared: Cared) -> None:
    path = f"/api/v1/residents/{cared.resident_id}/follow-up-plans"
    gate = Barrier(3)

    def start(_: int) -> tuple[int, str]:
        gate.wait()
        done = cared.doctor.post(path, {"condition": "diabetes"})
        return done.status_code, done.json.get("code", "")

    with ThreadPoolExecutor(3) as pool:
        outcomes = sorted(pool.map(start, range(3)))
    assert outcomes == [(201, ""), (409, "plan_running"), (409, "plan_running")]
    plans = cared.rows(
        FollowUpPlan, FollowUpPlan.resident_id == cared.resident_id, FollowUpPlan.condition == "diabetes"
    )
    assert len(plans) == 1

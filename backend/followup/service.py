"""Recording a look: judged at once, danger on a named person's list in the same transaction, the next one planned."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs.sections.followup import Protocol
from backend.alliance.queries import pack, pack_version
from backend.followup.events import DangerReported, FollowUpDone
from backend.followup.ladder import as_ladder, climb
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.plans import next_due, plan_visit, protocol_of
from backend.followup.rules import Answer, Finding, check_answer, judge
from backend.followup.states import VISITS, FollowUpPlanStatus, FollowUpVisitAction, FollowUpVisitStatus
from backend.kernel.clock import age_on, local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor, Role
from backend.notices.service import plan_notice
from backend.people.models import Resident
from backend.records.measures import MEASURES, Measured
from backend.records.service import record_readings
from backend.store import access, audit, clock, events
from backend.store.db import session
from backend.store.vault import vault
from backend.web import live
from backend.worklist.service import Owner, close_tasks, open_task

_PLAIN = {
    "controlled": "很好，控制住了",
    "uncontrolled": "还没降到位，医生会帮您调",
    "adverse_reaction": "吃药有不舒服，医生会联系您",
    "complication": "要让医生看一看",
    "danger": "危险，马上处理",
}

FACE_TO_FACE = frozenset({"clinic", "home"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of an answer: the finding, the advice when it is dangerous, who was told and by when."""

    visit: FollowUpVisit
    finding: Finding
    advice: str | None
    told: tuple[str, ...]
    next_on: Any


def record_answer(actor: Actor, visit_id: UUID, answer: Answer, *, mode: str, note: str | None) -> Recorded:
    """Record one look. Raises Invalid with every wrong field, NotFound for a stranger, Conflict when it was done.

    An answer by the person or a proxy is a contact, never face to face (domain rule I.2).
    """
    visit = access.authorize(FollowUpVisit, visit_id, actor, "follow_up_visit.record", lock=True)
    before = FollowUpVisitStatus(visit.status)
    after = VISITS.next(before, FollowUpVisitAction.RECORD, actor)
    by_patient = is_by_patient(actor, visit)
    plan = session().get_one(FollowUpPlan, (visit.county_id, visit.plan_id))
    protocol = _protocol(plan)
    wrong = check_answer(protocol, answer, by_patient=by_patient)
    if wrong:
        raise Invalid("answer_wrong", wrong[0].text, violations=wrong)
    resident = session().get_one(Resident, (visit.county_id, visit.resident_id))
    today = local_day(clock.now())
    finding = judge(protocol, answer, age=age_on(resident.birth_on, today), earlier=_earlier(visit))
    visit.status, visit.done_at, visit.outcome = after, clock.now(), finding.outcome
    visit.version += 1
    visit.mode = "self" if by_patient else mode
    visit.face_to_face = not by_patient and mode in FACE_TO_FACE
    visit.done_by = None if by_patient else actor.practitioner_id
    visit.answers = {
        "measures": dict(answer.measures),
        "danger_signs": list(answer.danger_signs),
        "fields": {code: value for code, value in answer.fields.items() if code != "note"},
    }
    visit.reading_set = _readings(actor, visit, protocol, answer)
    if note:
        vault().seal(visit, "note", note)
    audit.record(
        session(),
        actor,
        "follow_up_visit.record",
        "follow_up_visit",
        visit.id,
        resident_id=visit.resident_id,
        before=before,
        after=after,
        detail={"outcome": finding.outcome},
    )
    close_tasks(visit.county_id, ("follow_up_visit", visit.id), "recorded")
    told = _act_on(plan, visit, finding)
    following = next_due(today, finding.next_days)
    if plan.status == FollowUpPlanStatus.ACTIVE:
        plan_visit(plan, visit.village, following)
    events.publish(
        FollowUpDone(
            county_id=visit.county_id,
            visit_id=visit.id,
            resident_id=visit.resident_id,
            condition=plan.condition,
            outcome=finding.outcome,
            face_to_face=visit.face_to_face,
            practitioner_id=visit.done_by,
        )
    )
    live.hint(visit.county_id, f"resident:{visit.resident_id}", "follow_up", visit.id)
    advice = protocol.danger_advice if finding.dangerous else None
    return Recorded(visit, finding, advice, told, following)


def is_by_patient(actor: Actor, visit: FollowUpVisit) -> bool:
    """Say whether the person or their family answers, and not somebody of the team."""
    return actor.practitioner_id is None or actor.acting_for is not None or actor.resident_id == visit.resident_id


def plain_outcome(outcome: str) -> str:
    """Return an outcome in the villager's words."""
    return _PLAIN[outcome]


def _act_on(plan: FollowUpPlan, visit: FollowUpVisit, finding: Finding) -> tuple[str, ...]:
    """Put danger on the family doctor's list with a timer, then the next person's; refer up when it fails twice."""
    if finding.dangerous:
        return _raise_danger(plan, visit, finding)
    if finding.refer:
        open_task(
            plan.county_id,
            "consider_referral",
            Owner(practitioner_id=plan.practitioner_id),
            dedupe_key=f"followup-refer:{visit.id}",
            due_at=clock.now() + timedelta(days=2),
            focus=("follow_up_plan", plan.id),
            resident_id=plan.resident_id,
            detail={"condition": plan.condition, "visit_id": str(visit.id)},
        )
    return ()


def _raise_danger(plan: FollowUpPlan, visit: FollowUpVisit, finding: Finding) -> tuple[str, ...]:
    ladder = pack(plan.county_id).followup.ladder("danger")
    steps = climb(ladder, _named(plan), plan.institution, plan.upper_institution)
    first, minutes = steps[0]
    detail = {
        "condition": plan.condition,
        "measures": {code: visit.answers["measures"][code] for code in finding.dangerous_measures},
        "signs": list(finding.danger_signs),
        "plan_id": str(plan.id),
    }
    open_task(
        plan.county_id,
        "danger_value",
        first,
        dedupe_key=f"danger:{visit.id}",
        due_at=clock.now() + timedelta(minutes=minutes),
        focus=("follow_up_visit", visit.id),
        resident_id=visit.resident_id,
        priority="stat",
        ladder=as_ladder(steps),
        detail=detail,
    )
    for practitioner_id in dict.fromkeys(_named(plan).values()):
        plan_notice(
            plan.county_id,
            "task_waiting",
            dedupe_key=f"danger:{visit.id}:{practitioner_id}",
            focus=("follow_up_visit", visit.id),
            practitioner_id=practitioner_id,
            urgent=True,
            page="pages/doctor/today/today",
        )
    events.publish(
        DangerReported(
            county_id=plan.county_id, visit_id=visit.id, resident_id=visit.resident_id, condition=plan.condition
        )
    )
    return tuple(step.name for step in ladder.steps[: 1 + (ladder.steps[1].after_minutes == 0)])


def _named(plan: FollowUpPlan) -> dict[Role, UUID]:
    named = {Role.FAMILY_DOCTOR: plan.practitioner_id}
    if plan.village_practitioner_id is not None:
        named[Role.VILLAGE_DOCTOR] = plan.village_practitioner_id
    return named


def _protocol(plan: FollowUpPlan) -> Protocol:
    """Return the protocol of the version the plan was begun with."""
    county = pack_version(plan.county_id, plan.pack_version)
    return protocol_of(county, plan.condition, plan.started_on)


def _earlier(visit: FollowUpVisit) -> list[str]:
    """Return earlier outcomes of the same plan, newest first; a missed visit is not among them."""
    rows = session().scalars(
        select(FollowUpVisit.outcome)
        .where(
            FollowUpVisit.county_id == visit.county_id,
            FollowUpVisit.plan_id == visit.plan_id,
            FollowUpVisit.status == FollowUpVisitStatus.DONE,
        )
        .order_by(FollowUpVisit.done_at.desc())
        .limit(2)
    )
    return [outcome for outcome in rows if outcome]


def _readings(actor: Actor, visit: FollowUpVisit, protocol: Protocol, answer: Answer) -> UUID | None:
    values = []
    for measure in protocol.measures:
        if measure.code in answer.measures and measure.code in MEASURES:
            value = Decimal(str(answer.measures[measure.code]))
            values.append(Measured(measure.code, value, MEASURES[measure.code].unit))
    return record_readings(actor, visit.resident_id, values) if values else None

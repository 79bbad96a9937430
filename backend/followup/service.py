"""Recording a look: judged at once, danger on a named person's list in the same transaction, the next one planned."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs.sections.followup import Protocol
from backend.followup.danger import raise_danger
from backend.followup.events import FollowUpDone
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.plans import next_due, plan_visit, protocol_begun_with
from backend.followup.queries import refer_key
from backend.followup.rules import Answer, Finding, check_answer, judge
from backend.followup.states import VISITS, FollowUpPlanStatus, FollowUpVisitAction, FollowUpVisitStatus
from backend.kernel.clock import age_on, local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records.measures import MEASURES, Measured
from backend.records.service import CLOCKS_DIFFER, record_readings
from backend.store import access, audit, clock, events
from backend.store.db import session
from backend.store.vault import vault
from backend.web import live
from backend.worklist.service import Owner, close_tasks, open_task

FACE_TO_FACE = frozenset({"clinic", "home"})
OFFLINE_AT_MOST = timedelta(days=14)
MODE_NAMES = {"clinic": "门诊", "home": "上门", "phone": "电话"}


def record_answer(
    actor: Actor, visit_id: UUID, answer: Answer, *, mode: str, note: str | None, taken_at: datetime | None = None
) -> FollowUpVisit:
    """Record one look; `taken_at` is when it was written down without a signal.

    Raises Invalid with every wrong field, NotFound for a stranger, Conflict when it was done.
    An answer by the person or a proxy is a contact, never face to face (domain rule I.2).
    """
    visit = access.authorize(FollowUpVisit, visit_id, actor, "follow_up_visit.record", lock=True)
    before = FollowUpVisitStatus(visit.status)
    after = VISITS.next(before, FollowUpVisitAction.RECORD, actor)
    by_patient = is_by_patient(actor, visit)
    plan = session().get_one(FollowUpPlan, (visit.county_id, visit.plan_id))
    protocol = protocol_begun_with(plan)
    answer = _with_mode(protocol, answer, "self" if by_patient else mode)
    at = _taken_at(taken_at)
    wrong = check_answer(protocol, answer, by_patient=by_patient)
    if wrong:
        raise Invalid("answer_wrong", wrong[0].text, violations=wrong)
    resident = session().get_one(Resident, (visit.county_id, visit.resident_id))
    today = local_day(clock.now())
    finding = judge(protocol, answer, age=age_on(resident.birth_on, today), earlier=_earlier(visit))
    visit.status, visit.done_at, visit.outcome = after, at, finding.outcome
    visit.version += 1
    visit.mode = "self" if by_patient else mode
    visit.face_to_face = not by_patient and mode in FACE_TO_FACE
    visit.done_by = None if by_patient else actor.practitioner_id
    visit.answers = {
        "measures": dict(answer.measures),
        "danger_signs": list(answer.danger_signs),
        "fields": {code: value for code, value in answer.fields.items() if code != "note"},
    }
    visit.reading_set = _readings(actor, visit, protocol, answer, at)
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
    _act_on(plan, visit, finding)
    following = next_due(local_day(at), finding.next_days)
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
    return visit


def is_by_patient(actor: Actor, visit: FollowUpVisit) -> bool:
    """Say whether the person or their family answers, and not somebody of the team."""
    return actor.practitioner_id is None or actor.acting_for is not None or actor.resident_id == visit.resident_id


def _act_on(plan: FollowUpPlan, visit: FollowUpVisit, finding: Finding) -> None:
    """Put danger on the family doctor's list with a timer, then the next person's; refer up when it fails twice."""
    if finding.dangerous:
        raise_danger(plan, visit, finding)
    elif finding.refer:
        open_task(
            plan.county_id,
            "consider_referral",
            Owner(practitioner_id=plan.practitioner_id),
            dedupe_key=refer_key(visit),
            due_at=clock.now() + timedelta(days=2),
            focus=("follow_up_plan", plan.id),
            resident_id=plan.resident_id,
            detail={"condition": plan.condition, "visit_id": str(visit.id)},
        )


def _with_mode(protocol: Protocol, answer: Answer, mode: str) -> Answer:
    """Put how it was done among the form's fields where the county asks for it: nobody says it twice."""
    asked = next((one for one in protocol.fields if one.code == "mode"), None)
    if mode == "self" or asked is None or "mode" in answer.fields or MODE_NAMES[mode] not in asked.choices:
        return answer
    return replace(answer, fields={**answer.fields, "mode": MODE_NAMES[mode]})


def _taken_at(given: datetime | None) -> datetime:
    """Return when it was measured. Raises Invalid when that cannot be: the phone's clock is wrong."""
    now = clock.now()
    if given is None:
        return now
    if not now - OFFLINE_AT_MOST <= given <= now + CLOCKS_DIFFER:
        raise Invalid("taken_at_wrong", "手机上的时间不对，不知道是哪天量的。请把手机时间调准，再记一次。")
    return min(given, now)


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


def _readings(actor: Actor, visit: FollowUpVisit, protocol: Protocol, answer: Answer, at: datetime) -> UUID | None:
    values = []
    for measure in protocol.measures:
        if measure.code in answer.measures and measure.code in MEASURES:
            value = Decimal(str(answer.measures[measure.code]))
            values.append(Measured(measure.code, value, MEASURES[measure.code].unit))
    return record_readings(actor, visit.resident_id, values, taken_at=at) if values else None

"""Advice from the doctor above: written, answered by the doctor below, taken back. It is no prescription. MS-4.2.3c.

The named doctor below has a task; unanswered in the county's working time it is chased once and goes on by the
county's ladder (`advice_ticks`, worklist). What is taken on changes the plan in the way of every change: `plans`.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from backend.alliance.queries import pack
from backend.alliance.working_time import Office, office
from backend.followup import plans
from backend.followup.advice_rules import Advice, Reply, check_advice, check_reply
from backend.followup.ladder import as_ladder, climb
from backend.followup.models import FollowUpPlan
from backend.followup.models_advice import PlanAdvice
from backend.followup.queries import named
from backend.followup.states import ADVICES, FollowUpPlanStatus, PlanAdviceAction, PlanAdviceStatus
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid
from backend.kernel.roles import Actor, Role
from backend.notices.service import plan_notice
from backend.records.service import end_grants
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.vault import vault
from backend.web import live
from backend.wechat.templates import NoticeKind
from backend.worklist.service import close_tasks, open_task

FOCUS = "plan_advice"
TASK = "plan_advice"


def advise(actor: Actor, plan_id: UUID, advice: Advice) -> PlanAdvice:
    """Send an advice to the doctor who looks after a plan.

    Raises Invalid with everything that is missing, Conflict for a plan that was stopped or while one of the same kind
    waits, NotFound for whoever did not send the person down or whose sight has ended.
    """
    plan = access.authorize(FollowUpPlan, plan_id, actor, "plan_advice.write", lock=True)
    if plan.status != FollowUpPlanStatus.ACTIVE:
        raise Conflict("plan_stopped", "这个随访已经停了，没有人照着改。要紧的请打电话给管的医生。")
    now = clock.now()
    wrong = check_advice(advice, local_day(now))
    if wrong:
        raise Invalid("advice_wrong", wrong[0].text, violations=wrong)
    assert actor.practitioner_id is not None
    assert actor.institution is not None
    assert plan.referral_id is not None
    rule = pack(plan.county_id).followup.upper_doctor
    row = PlanAdvice(
        county_id=plan.county_id,
        plan_id=plan.id,
        resident_id=plan.resident_id,
        referral_id=plan.referral_id,
        kind=advice.kind,
        return_on=advice.return_on,
        practitioner_id=actor.practitioner_id,
        from_institution=actor.institution,
        institution=plan.institution,
        asked_id=plan.practitioner_id,
        due_at=office_below(plan).after_minutes(now, rule.answer_working_minutes).at,
    )
    vault().seal(row, "text", advice.text.strip())
    session().add(row)
    session().flush()
    audit.record(
        session(),
        actor,
        "plan_advice.write",
        FOCUS,
        row.id,
        resident_id=row.resident_id,
        after=PlanAdviceStatus.OPEN,
        detail={"kind": row.kind},
    )
    ask_below(plan, row, named(plan)[Role.FAMILY_DOCTOR], key=f"{FOCUS}:{row.id}")
    moved(row)
    return row


def answer(actor: Actor, advice_id: UUID, reply: Reply) -> PlanAdvice:
    """Say what becomes of an advice. Raises Invalid with everything that is missing, Conflict when it was answered."""
    row = access.authorize(PlanAdvice, advice_id, actor, "plan_advice.answer", lock=True)
    wrong = check_reply(reply, row.kind, local_day(clock.now()))
    if wrong:
        raise Invalid("reply_wrong", wrong[0].text, violations=wrong)
    action = PlanAdviceAction.TAKE_ON if reply.taken_on else PlanAdviceAction.LEAVE
    next_on = None
    if reply.next_on is not None:
        plan = session().get_one(FollowUpPlan, (row.county_id, row.plan_id))
        next_on = plans.look_sooner(actor, plan, reply.next_on)
    move_advice(actor, row, action, answered_by=actor.practitioner_id, reason=reply.reason, next_on=next_on)
    if reply.text.strip():
        vault().seal(row, "reply", reply.text.strip())
    _tell(row, "answered", row.practitioner_id)
    return row


def take_back(actor: Actor, advice_id: UUID) -> PlanAdvice:
    """Take one's own advice back while nobody has answered it. Raises Conflict afterwards."""
    row = access.authorize(PlanAdvice, advice_id, actor, "plan_advice.take_back", lock=True)
    move_advice(actor, row, PlanAdviceAction.TAKE_BACK)
    return row


def move_advice(actor: Actor, row: PlanAdvice, action: PlanAdviceAction, **values: Any) -> None:
    """Follow the table in one conditional statement, with its audit row, and close what was waited for."""
    before = PlanAdviceStatus(row.status)
    after = ADVICES.next(before, action, actor)
    done = session().scalar(
        update(PlanAdvice)
        .where(PlanAdvice.county_id == row.county_id, PlanAdvice.id == row.id, PlanAdvice.status == before)
        .values(status=after, ended_at=clock.sql_now(), version=PlanAdvice.version + 1, **values)
        .returning(PlanAdvice.id)
    )
    if done is None:
        raise Conflict("advice_moved", "同事刚才已经答复了，请刷新后再看。")
    session().refresh(row)
    audit.record(
        session(),
        actor,
        f"plan_advice.{action}",
        FOCUS,
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=after,
        detail={"reason": row.reason} if row.reason else None,
    )
    close_tasks(row.county_id, (FOCUS, row.id), after)
    end_grants(row.county_id, FOCUS, row.id)  # of whoever it was handed on to
    moved(row)


def chase(row: PlanAdvice) -> None:
    """Tell the named doctor once more: the time has passed."""
    _tell(row, _once("chased", row), row.asked_id)


def ask_below(plan: FollowUpPlan, row: PlanAdvice, whom: UUID, *, key: str) -> None:
    """Put it on the list of the named doctor below, then of whoever the county's ladder names."""
    ladder = pack(plan.county_id).followup.ladder("upper_advice")
    above_all = {Role.FAMILY_DOCTOR: whom}
    steps = climb(ladder, above_all, plan.institution, None)
    first, minutes = steps[0]
    now = clock.now()
    open_task(
        row.county_id,
        TASK,
        first,
        dedupe_key=key,
        due_at=office_below(plan).after_minutes(now, minutes).at,
        focus=(FOCUS, row.id),
        resident_id=row.resident_id,
        priority="urgent" if row.kind == "return_earlier" else "routine",
        ladder=as_ladder(steps),
        detail={"kind": row.kind, "from": row.from_institution},
    )
    _tell(row, _once("asked", row), row.asked_id)


def _once(what: str, row: PlanAdvice) -> str:
    # Whoever it is handed on to is told anew, and chased anew.
    return what if row.version == 1 else f"{what}:{row.version}"


def _tell(row: PlanAdvice, what: str, whom: UUID) -> None:
    plan_notice(
        row.county_id,
        NoticeKind.TASK_WAITING,
        dedupe_key=f"{FOCUS}:{row.id}:{what}",
        focus=(FOCUS, row.id),
        practitioner_id=whom,
        page=f"features/followup/pages/advice?id={row.id}",
    )


def office_below(plan: FollowUpPlan) -> Office:
    """Return the working hours of the house that manages."""
    return office(pack(plan.county_id), "township", local_day(clock.now()), plan.institution)


def moved(row: PlanAdvice) -> None:
    """Let open pages look again: the patient's and both doctors'."""
    for topic in (
        f"resident:{row.resident_id}",
        f"practitioner:{row.asked_id}",
        f"practitioner:{row.practitioner_id}",
    ):
        live.hint(row.county_id, topic, "follow_up", row.plan_id)

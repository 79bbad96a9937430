"""What came of an answer, told at once and again whenever it is looked at: calm words, or who has the danger now."""

from backend.alliance.queries import pack
from backend.followup import queries
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.plans import protocol_begun_with
from backend.followup.schemas import ResultOut, StandingOut
from backend.followup.states import FollowUpVisitStatus
from backend.kernel.roles import Role
from backend.people.models import Practitioner
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.queries import next_owner_name, owner_name
from backend.worklist.states import TaskStatus

PLAIN = {
    "controlled": "很好，控制住了",
    "uncontrolled": "还没降到位，医生会帮您调",
    "adverse_reaction": "吃药有不舒服，医生会联系您",
    "complication": "要让医生看一看",
    "danger": "危险，马上处理",
}


def show_result(visit: FollowUpVisit) -> ResultOut | None:
    """Return what came of a visit, or None while it is not done."""
    if visit.status != FollowUpVisitStatus.DONE or visit.outcome is None:
        return None
    plan = session().get_one(FollowUpPlan, (visit.county_id, visit.plan_id))
    dangerous = visit.outcome == "danger"
    following = queries.next_visit(plan)
    return ResultOut(
        outcome=visit.outcome,
        plain=PLAIN[visit.outcome],
        advice=protocol_begun_with(plan).danger_advice if dangerous else None,
        emergency_phone=pack(visit.county_id).county.emergency_phone if dangerous else None,
        told=_told(plan) if dangerous else [],
        standing=show_standing(visit) if dangerous else None,
        next_on=following.due_on if following else None,
        refer=dangerous or queries.task_named(visit.county_id, queries.refer_key(visit)) is not None,
    )


def show_standing(visit: FollowUpVisit) -> StandingOut | None:
    """Return who has a dangerous value now, or what was done about it; None where none was raised."""
    task = queries.task_named(visit.county_id, queries.danger_key(visit))
    if task is None:
        return None
    return StandingOut(
        open=task.status == TaskStatus.OPEN,
        owner=owner_name(task),
        owner_phone=_phone(task),
        due_at=task.due_at,
        next_owner=next_owner_name(task),
        outcome=task.outcome,
        done_at=task.done_at,
    )


def _told(plan: FollowUpPlan) -> list[str]:
    """Return who was told at once, by part and name."""
    persons = queries.named(plan)
    at_once = [step for step in pack(plan.county_id).followup.ladder("danger").steps if step.after_minutes == 0]
    names = {role: queries.practitioner_name(plan.county_id, persons[role]) for role in persons}
    return [f"{step.name} {names[Role(step.role)]}" for step in at_once if Role(step.role) in names]


def _phone(task: Task) -> str | None:
    if task.practitioner_id is None:
        return None
    return session().get_one(Practitioner, (task.county_id, task.practitioner_id)).phone or None

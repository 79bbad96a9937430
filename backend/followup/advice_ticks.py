"""What time does to advice from above: chased once when nobody answered, closed when sight or plan has ended."""

from sqlalchemy import ColumnElement, and_, exists, not_, select, true, update
from sqlalchemy.orm import Session

from backend.followup.advice import chase, move_advice
from backend.followup.models import FollowUpPlan
from backend.followup.models_advice import PlanAdvice
from backend.followup.sight import lasting
from backend.followup.states import FollowUpPlanStatus, PlanAdviceAction, PlanAdviceStatus
from backend.kernel.roles import system_actor
from backend.people.models import Resident
from backend.store import clock

_AT_ONCE = 200


def close_ended(current: Session, county_id: str) -> int:
    """Close every open advice that has no object any more. Returns how many."""
    rows = current.scalars(
        select(PlanAdvice)
        .where(
            PlanAdvice.county_id == county_id,
            PlanAdvice.status == PlanAdviceStatus.OPEN,
            not_(_stands(county_id)),
        )
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        move_advice(system_actor(county_id), row, PlanAdviceAction.LAPSE)
    return len(rows)


def chase_unanswered(current: Session, county_id: str) -> int:
    """Tell the named doctor once more, once, when the county's working time to answer is over. Returns how many."""
    late = current.scalars(
        update(PlanAdvice)
        .where(
            PlanAdvice.county_id == county_id,
            PlanAdvice.status == PlanAdviceStatus.OPEN,
            PlanAdvice.chased_at.is_(None),
            PlanAdvice.due_at <= clock.sql_now(),
        )
        .values(chased_at=clock.sql_now())
        .returning(PlanAdvice)
    ).all()
    for row in late:
        chase(row)
    return len(late)


def _stands(county_id: str) -> ColumnElement[bool]:
    of_plan = and_(FollowUpPlan.county_id == PlanAdvice.county_id, FollowUpPlan.id == PlanAdvice.plan_id)
    plan = exists().where(
        of_plan,
        FollowUpPlan.status == FollowUpPlanStatus.ACTIVE,
        FollowUpPlan.referral_id == PlanAdvice.referral_id,
        lasting(FollowUpPlan, county_id, true()),
    )
    dead = exists().where(
        Resident.county_id == PlanAdvice.county_id,
        Resident.id == PlanAdvice.resident_id,
        Resident.died_on.is_not(None),
    )
    return and_(plan, ~dead)

"""Advice as bodies of the API, with what this actor may do about it now."""

from collections.abc import Sequence

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.followup import queries
from backend.followup.advice_hand_on import reasons as hand_on_reasons
from backend.followup.advice_hand_on import who_may_answer
from backend.followup.advice_rules import KINDS, NO_PRESCRIPTION, REASONS
from backend.followup.advice_schemas import AdviceOut, AdvicePage, OtherDoctor, OtherDoctors
from backend.followup.models import FollowUpPlan
from backend.followup.models_advice import PlanAdvice
from backend.followup.plans import protocol_of
from backend.followup.states import ADVICES, FollowUpPlanStatus, PlanAdviceAction, PlanAdviceStatus
from backend.kernel.roles import Actor
from backend.people.models import Practitioner
from backend.records.views import person_of
from backend.referrals.bodies import Named
from backend.store import access, clock
from backend.store.db import session
from backend.store.vault import vault

_NEEDS = {
    PlanAdviceAction.TAKE_ON: "plan_advice.answer",
    PlanAdviceAction.LEAVE: "plan_advice.answer",
    PlanAdviceAction.TAKE_BACK: "plan_advice.take_back",
    PlanAdviceAction.HAND_ON: "plan_advice.hand_on",
}


def show_advices(actor: Actor, plan: FollowUpPlan, rows: Sequence[PlanAdvice], following: str | None) -> AdvicePage:
    """Return what was advised on a plan, and whether this actor may advise."""
    running = plan.status == FollowUpPlanStatus.ACTIVE
    return AdvicePage(
        items=[show_advice(actor, row) for row in rows],
        next_cursor=following,
        kinds=_named(KINDS),
        no_prescription=NO_PRESCRIPTION,
        actions=["advise"] if running and _may(actor, FollowUpPlan, plan, "plan_advice.write") else [],
    )


def show_advice(actor: Actor, row: PlanAdvice) -> AdviceOut:
    """Return one advice."""
    county_id, county = row.county_id, pack(row.county_id)
    plan = session().get_one(FollowUpPlan, (county_id, row.plan_id))
    asked = session().get_one(Practitioner, (county_id, row.asked_id))
    following = queries.next_visit(plan)
    return AdviceOut(
        id=row.id,
        plan_id=row.plan_id,
        person=person_of(county_id, row.resident_id),
        plain=protocol_of(county, plan.condition, plan.started_on).plain,
        kind=row.kind,
        kind_name=KINDS[row.kind],
        text=vault().open(row, "text") or "",
        return_on=row.return_on,
        status=row.status,
        written_at=row.created_at,
        written_by=queries.practitioner_name(county_id, row.practitioner_id) or "",
        from_name=county.institutions.institution(row.from_institution).name,
        asked=asked.name,
        asked_phone=asked.phone,
        due_at=row.due_at,
        overdue=row.status == PlanAdviceStatus.OPEN and row.due_at < clock.now(),
        chased_at=row.chased_at,
        ended_at=row.ended_at,
        answered_by=queries.practitioner_name(county_id, row.answered_by),
        reason_text=REASONS[row.reason] if row.reason else None,
        reply=vault().open(row, "reply"),
        next_on=row.next_on,
        next_due_on=following.due_on if following else None,
        reasons=_named(REASONS),
        no_prescription=NO_PRESCRIPTION,
        actions=_actions(actor, row),
    )


def show_others(row: PlanAdvice) -> OtherDoctors:
    """Return who of the house may answer instead."""
    found = [one.practitioner for one in who_may_answer(row)]
    return OtherDoctors(
        items=[OtherDoctor(id=one.id, name=one.name, title=one.title) for one in found],
        reasons=_named(hand_on_reasons(row.county_id)),
    )


def _actions(actor: Actor, row: PlanAdvice) -> list[str]:
    possible = ADVICES.actions_from(PlanAdviceStatus(row.status), actor)
    return [str(action) for action in possible if action in _NEEDS and _may(actor, PlanAdvice, row, _NEEDS[action])]


def _may(
    actor: Actor, model: type[FollowUpPlan] | type[PlanAdvice], row: FollowUpPlan | PlanAdvice, action: str
) -> bool:
    if actor.roles.isdisjoint(access.catalogue.get(action).grants):
        return False
    query = select(model.id).where(
        model.county_id == row.county_id, model.id == row.id, access.visible(model, actor, action)
    )
    return session().scalar(query) is not None


def _named(words: dict[str, str]) -> list[Named]:
    return [Named(code=code, name=name) for code, name in words.items()]

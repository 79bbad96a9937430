"""HTTP of follow-up: plans, due looks, the short form, the round."""

from uuid import UUID

from flask import Blueprint

from backend.followup import advice_api, plans, queries, reading, service
from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.followup.results import show_result
from backend.followup.rounds import show_round
from backend.followup.rules import Answer
from backend.followup.schemas import (
    AnswerIn,
    PlanIn,
    PlanOut,
    PlanPage,
    RecordedOut,
    RoundOut,
    VisitFormOut,
    VisitPage,
)
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.store import access
from backend.store.db import session
from backend.web.operations import operation
from backend.web.paging import PageQuery, fetch_page

routes = Blueprint("followup", __name__, url_prefix="/api/v1")
TAG = "随访"
routes.register_blueprint(advice_api.routes)


@routes.get("/residents/<uuid:resident_id>/follow-up-plans")
@operation("follow_up_plan.read", summary="一个人的随访方案", tag=TAG, answer=PlanPage)
def list_plans(actor: Actor, resident_id: UUID) -> PlanPage:
    access.authorize(Resident, resident_id, actor, "follow_up_plan.read_of")
    found = queries.plans_of(actor, resident_id)
    return PlanPage(items=[reading.show_plan(actor, plan) for plan in found], next_cursor=None)


@routes.post("/residents/<uuid:resident_id>/follow-up-plans")
@operation("follow_up_plan.start", summary="开始随访一个病", tag=TAG, body=PlanIn, answer=PlanOut, status=201)
def start_plan(actor: Actor, resident_id: UUID, body: PlanIn) -> PlanOut:
    return reading.show_plan(actor, plans.start_plan(actor, resident_id, body.condition))


@routes.post("/follow-up-plans/<uuid:plan_id>/stop")
@operation("follow_up_plan.stop", summary="停止一个随访方案", tag=TAG, answer=PlanOut)
def stop_plan(actor: Actor, plan_id: UUID) -> PlanOut:
    return reading.show_plan(actor, plans.stop_plan(actor, plan_id))


@routes.get("/follow-up-plans/<uuid:plan_id>")
@operation("follow_up_plan.read", summary="看一个随访方案", tag=TAG, answer=PlanOut)
def read_plan(actor: Actor, plan_id: UUID) -> PlanOut:
    return reading.show_plan(actor, access.authorize(FollowUpPlan, plan_id, actor, "follow_up_plan.read"))


@routes.get("/follow-up-plans/<uuid:plan_id>/visits")
@operation("follow_up_plan.read", summary="一个方案的每次随访，新的在前", tag=TAG, query=PageQuery, answer=VisitPage)
def list_visits_of_plan(actor: Actor, plan_id: UUID, query: PageQuery) -> VisitPage:
    plan = access.authorize(FollowUpPlan, plan_id, actor, "follow_up_plan.read")
    rows, following = fetch_page(queries.visits_of_plan(plan), FollowUpVisit.id, query)
    return VisitPage(items=reading.show_visits(actor, rows), next_cursor=following)


@routes.get("/follow-up-visits")
@operation("follow_up_visit.read", summary="随访列表", tag=TAG, query=PageQuery, answer=VisitPage)
def list_visits(actor: Actor, query: PageQuery) -> VisitPage:
    rows, following = fetch_page(
        access.scoped_query(FollowUpVisit, actor, "follow_up_visit.read"), FollowUpVisit.id, query
    )
    return VisitPage(items=reading.show_visits(actor, rows), next_cursor=following)


@routes.get("/follow-up-visits/<uuid:visit_id>")
@operation("follow_up_visit.read", summary="一次随访和它的表", tag=TAG, answer=VisitFormOut)
def read_visit(actor: Actor, visit_id: UUID) -> VisitFormOut:
    visit = access.authorize(FollowUpVisit, visit_id, actor, "follow_up_visit.read")
    by_patient = service.is_by_patient(actor, visit)
    last = queries.last_done(visit)
    return VisitFormOut(
        visit=reading.show_visit(actor, visit),
        form=reading.show_form_of(visit, by_patient=by_patient),
        by_patient=by_patient,
        last=reading.show_visit(actor, last) if last else None,
        last_values=reading.show_last_values(actor.county_id, [visit.resident_id]).get(visit.resident_id, []),
        carers=reading.show_carers([session().get_one(FollowUpPlan, (visit.county_id, visit.plan_id))]),
        result=show_result(visit),
    )


@routes.post("/follow-up-visits/<uuid:visit_id>/answers")
@operation("follow_up_visit.record", summary="填一次随访", tag=TAG, body=AnswerIn, answer=RecordedOut, status=201)
def record_answer(actor: Actor, visit_id: UUID, body: AnswerIn) -> RecordedOut:
    answer = Answer(body.measures, body.danger_signs, body.fields)
    visit = service.record_answer(actor, visit_id, answer, mode=body.mode, note=body.note, taken_at=body.taken_at)
    result = show_result(visit)
    assert result is not None
    return RecordedOut(**result.model_dump(), visit=reading.show_visit(actor, visit))


@routes.get("/follow-up-round")
@operation("follow_up_round.read", summary="村医今天去谁家", tag=TAG, answer=RoundOut)
def read_round(actor: Actor) -> RoundOut:
    return show_round(actor)

"""HTTP of the doctor above: whom they sent down, their advice, and the answer of the doctor below. MS-4.2.3c."""

from uuid import UUID

from flask import Blueprint
from sqlalchemy import select

from backend.alliance.queries import pack
from backend.followup import advice
from backend.followup.advice_hand_on import hand_on
from backend.followup.advice_rules import Advice, Reply
from backend.followup.advice_schemas import (
    AdviceIn,
    AdviceOut,
    AdvicePage,
    HandOnIn,
    OtherDoctors,
    ReplyIn,
    SentDownPage,
)
from backend.followup.advice_views import show_advice, show_advices, show_others
from backend.followup.models import FollowUpPlan
from backend.followup.models_advice import PlanAdvice
from backend.followup.sent_down import show_sent_down
from backend.kernel.roles import Actor
from backend.referrals.views import source_body
from backend.store import access
from backend.web.operations import operation
from backend.web.paging import PageQuery, fetch_page

routes = Blueprint("advice", __name__)
TAG = "上级医生的建议"


@routes.get("/sent-down")
@operation("sent_down.read", summary="我转下去的病人", tag=TAG, query=PageQuery, answer=SentDownPage)
def list_sent_down(actor: Actor, query: PageQuery) -> SentDownPage:
    rows, following = fetch_page(access.scoped_query(FollowUpPlan, actor, "sent_down.read"), FollowUpPlan.id, query)
    county = pack(actor.county_id)
    rule = county.followup.upper_doctor
    return SentDownPage(
        items=show_sent_down(actor, rows),
        next_cursor=following,
        sight_days=rule.sight_days,
        department_sees=rule.department_sees,
        source=source_body(county, rule.source),
    )


@routes.get("/follow-up-plans/<uuid:plan_id>/advices")
@operation("plan_advice.read", summary="一个随访方案收到的建议", tag=TAG, query=PageQuery, answer=AdvicePage)
def list_advices(actor: Actor, plan_id: UUID, query: PageQuery) -> AdvicePage:
    plan = access.authorize(FollowUpPlan, plan_id, actor, "plan_advice.read")
    of_plan = select(PlanAdvice).where(PlanAdvice.county_id == plan.county_id, PlanAdvice.plan_id == plan.id)
    rows, following = fetch_page(of_plan, PlanAdvice.id, query)
    return show_advices(actor, plan, rows, following)


@routes.post("/follow-up-plans/<uuid:plan_id>/advices")
@operation("plan_advice.write", summary="给下面的医生提建议", tag=TAG, body=AdviceIn, answer=AdviceOut, status=201)
def write_advice(actor: Actor, plan_id: UUID, body: AdviceIn) -> AdviceOut:
    return show_advice(actor, advice.advise(actor, plan_id, Advice(body.kind, body.text, body.return_on)))


@routes.get("/plan-advices/<uuid:advice_id>")
@operation("plan_advice.read", summary="一条建议", tag=TAG, answer=AdviceOut)
def read_advice(actor: Actor, advice_id: UUID) -> AdviceOut:
    return show_advice(actor, access.authorize(PlanAdvice, advice_id, actor, "plan_advice.read"))


@routes.post("/plan-advices/<uuid:advice_id>/answer")
@operation("plan_advice.answer", summary="答复建议：采用或不采用", tag=TAG, body=ReplyIn, answer=AdviceOut)
def answer_advice(actor: Actor, advice_id: UUID, body: ReplyIn) -> AdviceOut:
    reply = Reply(body.taken_on, body.reason, body.text, body.next_on)
    return show_advice(actor, advice.answer(actor, advice_id, reply))


@routes.post("/plan-advices/<uuid:advice_id>/take-back")
@operation("plan_advice.take_back", summary="收回自己提的建议", tag=TAG, answer=AdviceOut)
def take_back_advice(actor: Actor, advice_id: UUID) -> AdviceOut:
    return show_advice(actor, advice.take_back(actor, advice_id))


@routes.get("/plan-advices/<uuid:advice_id>/others")
@operation("plan_advice.hand_on", summary="能交给本院的哪位医生答复", tag=TAG, answer=OtherDoctors)
def list_others(actor: Actor, advice_id: UUID) -> OtherDoctors:
    return show_others(access.authorize(PlanAdvice, advice_id, actor, "plan_advice.hand_on"))


@routes.post("/plan-advices/<uuid:advice_id>/hand-on")
@operation("plan_advice.hand_on", summary="医生不在，交给本院另一位答复", tag=TAG, body=HandOnIn, answer=AdviceOut)
def hand_on_advice(actor: Actor, advice_id: UUID, body: HandOnIn) -> AdviceOut:
    return show_advice(actor, hand_on(actor, advice_id, body.practitioner_id, body.reason))

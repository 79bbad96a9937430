"""HTTP of referrals to hospitals without a desk here: the telephone answer, and what is told later. XM-5.5."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.referrals import service
from backend.referrals.bodies import ReferralBody
from backend.referrals.bodies_outside import OutsideNewsIn, PhoneAnswerIn, PhoneOptionsBody, StrikeIn
from backend.referrals.models import Referral
from backend.referrals.outside import Told, write_told
from backend.referrals.outside_strikes import strike
from backend.referrals.outside_views import phone_options
from backend.referrals.replies import Reply
from backend.referrals.views import referral_body
from backend.store import access
from backend.store.db import session
from backend.web.operations import expected_version, operation

routes = Blueprint("outside", __name__)
TAG = "县外转诊"


@routes.get("/referrals/<uuid:referral_id>/answer-by-phone")
@operation("referral.answer_outside", summary="打电话问什么、可以怎样答", tag=TAG, answer=PhoneOptionsBody)
def read_options(actor: Actor, referral_id: UUID) -> PhoneOptionsBody:
    return phone_options(access.authorize(Referral, referral_id, actor, "referral.answer_outside"))


@routes.post("/referrals/<uuid:referral_id>/answer-by-phone")
@operation(
    "referral.answer_outside", summary="记下外面医院的电话答复", tag=TAG, body=PhoneAnswerIn, answer=ReferralBody
)
def answer_by_phone(actor: Actor, referral_id: UUID, body: PhoneAnswerIn) -> ReferralBody:
    given = body.model_dump(exclude={"phone", "said_at"})
    reply = Reply(**given | {"contact": f"{body.contact} {body.phone}".strip() if body.contact else ""})
    row = service.answer_by_phone(actor, referral_id, reply, body.said_at)
    return referral_body(session().get_one(Referral, (actor.county_id, row.referral_id)), actor)


@routes.post("/referrals/<uuid:referral_id>/outside-news")
@operation(
    "referral.outside_news",
    summary="县外医院的消息：到了、看完或出院了、没有去",
    tag=TAG,
    body=OutsideNewsIn,
    answer=ReferralBody,
)
def write_news(actor: Actor, referral_id: UUID, body: OutsideNewsIn) -> ReferralBody:
    return referral_body(write_told(actor, referral_id, Told(**body.model_dump()), expected_version()), actor)


@routes.post("/referrals/<uuid:referral_id>/outside-news/strike")
@operation("referral.outside_strike", summary="记错了：划掉这条消息", tag=TAG, body=StrikeIn, answer=ReferralBody)
def strike_news(actor: Actor, referral_id: UUID, body: StrikeIn) -> ReferralBody:
    return referral_body(strike(actor, referral_id, body.report_id, body.reason, expected_version()), actor)

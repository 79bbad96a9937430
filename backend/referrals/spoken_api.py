"""HTTP of an answer by telephone: the clerk writes it down, the doctor looks and may say that it was not so."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.referrals import service, spoken
from backend.referrals.bodies import ReferralBody
from backend.referrals.bodies_spoken import SpokenBody, SpokenIn
from backend.referrals.models import Referral
from backend.referrals.replies import Reply
from backend.referrals.spoken_views import spoken_body
from backend.referrals.views import referral_body
from backend.store.db import session
from backend.web.operations import operation

routes = Blueprint("spoken", __name__)
TAG = "转诊接收"


@routes.post("/referrals/<uuid:referral_id>/spoken-answer")
@operation(
    "referral.write_down", summary="记下本院医生的电话答复：能来或收不了", tag=TAG, body=SpokenIn, answer=ReferralBody
)
def write_down(actor: Actor, referral_id: UUID, body: SpokenIn) -> ReferralBody:
    reply = Reply(**body.model_dump(exclude={"said_by"}))
    row = service.write_down(actor, referral_id, reply, body.said_by)
    return referral_body(session().get_one(Referral, (row.county_id, row.referral_id)), actor)


@routes.get("/spoken-answers/<uuid:spoken_answer_id>")
@operation("referral.said", summary="以我的名字记下的电话答复", tag=TAG, answer=SpokenBody)
def read(actor: Actor, spoken_answer_id: UUID) -> SpokenBody:
    return spoken_body(spoken.find(actor, spoken_answer_id), actor)


@routes.post("/spoken-answers/<uuid:spoken_answer_id>/disown")
@operation("referral.disown", summary="这不是我说的", tag=TAG, answer=SpokenBody)
def disown(actor: Actor, spoken_answer_id: UUID) -> SpokenBody:
    return spoken_body(service.disown(actor, spoken_answer_id).answer, actor)

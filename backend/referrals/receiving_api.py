"""HTTP of referrals for the hospital that is asked and for those who sign."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.referrals import service, signing
from backend.referrals.bodies import AnswersBody, Named, ReferralBody, SignatureLine, SignaturesBody
from backend.referrals.lines import answer_line, asked_about, signature_line
from backend.referrals.models import Referral, ReferralSignature
from backend.referrals.replies import Reply
from backend.referrals.schemas import AnswerIn, AssignIn, PassOnIn, ReasonIn, SignIn
from backend.referrals.views import county_of, referral_body
from backend.store import access
from backend.store.db import session
from backend.web.operations import operation

routes = Blueprint("others", __name__)


@routes.get("/referral-answers")
@operation("referral.answer", summary="等我们医院答复的转诊", tag="转诊接收", answer=AnswersBody)
def list_to_answer(actor: Actor) -> AnswersBody:
    reasons = county_of(actor).referral.receiving.decline_reasons
    return AnswersBody(
        items=[answer_line(asked_about(row), row, actor) for row in service.list_to_answer(actor)],
        decline_reasons=[Named(code=one.code, name=one.text) for one in reasons],
    )


@routes.post("/referrals/<uuid:referral_id>/answer")
@operation("referral.answer", summary="医院答复：能来或收不了", tag="转诊接收", body=AnswerIn, answer=ReferralBody)
def answer(actor: Actor, referral_id: UUID, body: AnswerIn) -> ReferralBody:
    row = service.answer_hospital(actor, referral_id, Reply(**body.model_dump()))
    return _body(actor, row.referral_id)


@routes.post("/referrals/<uuid:referral_id>/pass-on")
@operation("referral.answer", summary="转给科室或医务科定", tag="转诊接收", body=PassOnIn, answer=ReferralBody)
def pass_on(actor: Actor, referral_id: UUID, body: PassOnIn) -> ReferralBody:
    return _body(actor, service.pass_on(actor, referral_id, body.role).referral_id)


@routes.post("/referrals/<uuid:referral_id>/department")
@operation(
    "referral.assign_department",
    summary="没写科室的，分到一个科",
    tag="转诊接收",
    body=AssignIn,
    answer=ReferralBody,
)
def assign_department(actor: Actor, referral_id: UUID, body: AssignIn) -> ReferralBody:
    row = service.assign_department(actor, referral_id, body.department, body.instead_of)
    return _body(actor, row.referral_id)


@routes.get("/signatures")
@operation("referral.sign", summary="等我签字的转诊", tag="签字", answer=SignaturesBody)
def list_signatures(actor: Actor) -> SignaturesBody:
    return SignaturesBody(items=[signature_line(step, actor) for step in signing.mine(actor)])


@routes.get("/signatures/<uuid:signature_id>")
@operation("referral.sign", summary="要签的这一张", tag="签字", answer=SignatureLine)
def read_signature(actor: Actor, signature_id: UUID) -> SignatureLine:
    return signature_line(access.authorize(ReferralSignature, signature_id, actor, "referral.sign"), actor)


@routes.post("/signatures/<uuid:signature_id>/sign")
@operation("referral.sign", summary="看过了，签字", tag="签字", body=SignIn, answer=SignatureLine)
def sign(actor: Actor, signature_id: UUID, body: SignIn) -> SignatureLine:
    return signature_line(service.sign(actor, signature_id, body.pin, body.content_hash), actor)


@routes.post("/signatures/<uuid:signature_id>/return")
@operation("referral.sign", summary="退给经治医生，写明理由", tag="签字", body=ReasonIn, answer=SignatureLine)
def send_back(actor: Actor, signature_id: UUID, body: ReasonIn) -> SignatureLine:
    return signature_line(service.send_back(actor, signature_id, body.reason), actor)


def _body(actor: Actor, referral_id: UUID) -> ReferralBody:
    referral = session().get(Referral, (actor.county_id, referral_id))
    assert referral is not None
    return referral_body(referral, actor)

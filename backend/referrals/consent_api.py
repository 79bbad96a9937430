"""HTTP of the patient's track: what is read to them, their yes, and their no, on their own phone or helped."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.referrals import endings, service, withdrawals
from backend.referrals.bodies import ReferralBody
from backend.referrals.bodies_options import ConsentTextBody
from backend.referrals.consents import Yes
from backend.referrals.models import Referral
from backend.referrals.options import consent_text
from backend.referrals.schemas import ConsentIn, HelpedConsentIn, HelpedNoIn, ReasonIn
from backend.referrals.views import referral_body
from backend.referrals.withdrawals import No
from backend.store import access
from backend.web.operations import operation

routes = Blueprint("referral_consents", __name__)
TAG = "转诊"


@routes.get("/referrals/<uuid:referral_id>/consent-text")
@operation("referral.read", summary="要念给病人听的同意书", tag=TAG, answer=ConsentTextBody)
def read_consent_text(actor: Actor, referral_id: UUID) -> ConsentTextBody:
    return consent_text(actor, access.authorize(Referral, referral_id, actor, "referral.read"))


@routes.post("/referrals/<uuid:referral_id>/consent")
@operation(
    "referral.consent",
    summary="我听明白了，我同意",
    tag=TAG,
    body=ConsentIn,
    answer=ReferralBody,
    body_limit=512 * 1024,
)
def consent(actor: Actor, referral_id: UUID, body: ConsentIn) -> ReferralBody:
    return referral_body(service.give_consent(actor, referral_id, Yes(**body.model_dump())), actor)


@routes.post("/referrals/<uuid:referral_id>/helped-consent")
@operation(
    "referral.help_consent",
    summary="在医生手机上帮着签同意书",
    tag=TAG,
    body=HelpedConsentIn,
    answer=ReferralBody,
    body_limit=512 * 1024,
)
def helped_consent(actor: Actor, referral_id: UUID, body: HelpedConsentIn) -> ReferralBody:
    return referral_body(service.give_consent(actor, referral_id, Yes(**body.model_dump()), helped=True), actor)


@routes.post("/referrals/<uuid:referral_id>/decline")
@operation("referral.decline", summary="我不转", tag=TAG, answer=ReferralBody)
def decline(actor: Actor, referral_id: UUID) -> ReferralBody:
    return referral_body(endings.decline_consent(actor, referral_id), actor)


@routes.post("/referrals/<uuid:referral_id>/withdraw")
@operation("referral.withdraw", summary="改主意了，不转了", tag=TAG, body=ReasonIn, answer=ReferralBody)
def withdraw(actor: Actor, referral_id: UUID, body: ReasonIn) -> ReferralBody:
    return referral_body(endings.withdraw(actor, referral_id, body.reason), actor)


@routes.post("/referrals/<uuid:referral_id>/helped-no")
@operation(
    "referral.help_withdraw",
    summary="病人没有手机，当面或电话里说不转了",
    tag=TAG,
    body=HelpedNoIn,
    answer=ReferralBody,
)
def helped_no(actor: Actor, referral_id: UUID, body: HelpedNoIn) -> ReferralBody:
    return referral_body(withdrawals.record(actor, referral_id, No(**body.model_dump())), actor)

"""HTTP of a referral that another doctor of the house goes on with."""

from uuid import UUID

from flask import Blueprint

from backend.alliance.queries import pack
from backend.kernel.roles import Actor
from backend.referrals import reassigning
from backend.referrals.bodies import Named, ReferralBody
from backend.referrals.bodies_options import ColleagueBody, ColleaguesBody
from backend.referrals.models import Referral
from backend.referrals.schemas import ReassignIn
from backend.referrals.views import doctor_body, find_doctor, referral_body
from backend.store import access
from backend.web.operations import expected_version, operation

routes = Blueprint("referral_reassign", __name__)
TAG = "转诊"


@routes.get("/referrals/<uuid:referral_id>/colleagues")
@operation("referral.reassign", summary="能交给本院的哪位医生接手", tag=TAG, answer=ColleaguesBody)
def read_colleagues(actor: Actor, referral_id: UUID) -> ColleaguesBody:
    referral = access.authorize(Referral, referral_id, actor, "referral.reassign")
    return ColleaguesBody(
        doctor=doctor_body(find_doctor(referral.county_id, referral.practitioner_id)),
        items=[
            ColleagueBody(id=one.id, name=one.name, title=one.title, me=one.id == actor.practitioner_id)
            for one in reassigning.who_may_go_on(referral)
        ],
        reasons=[Named(code=one.code, name=one.text) for one in pack(referral.county_id).referral.reassign.reasons],
    )


@routes.post("/referrals/<uuid:referral_id>/reassign")
@operation("referral.reassign", summary="医生不在，交给本院另一位接手", tag=TAG, body=ReassignIn, answer=ReferralBody)
def reassign(actor: Actor, referral_id: UUID, body: ReassignIn) -> ReferralBody:
    referral = reassigning.reassign(actor, referral_id, body.practitioner_id, body.reason, expected_version())
    return referral_body(referral, actor)

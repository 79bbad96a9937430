"""HTTP of the way down: the ward's list and wizard, the package, the family's page, taking over."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.records.models import Stay
from backend.referrals import handover, returning, takeover
from backend.referrals.bodies import ReferralBody
from backend.referrals.drafts import Draft
from backend.referrals.family import family_body
from backend.referrals.handover import Proposal
from backend.referrals.handover_bodies import (
    DownOptionsBody,
    FamilyBody,
    HandOversBody,
    PackageBody,
    PackageIn,
    ProposalIn,
    TakingIn,
    WardBody,
)
from backend.referrals.handover_rules import Drug
from backend.referrals.handover_views import hand_over_line, options_body, package_body, ward_body
from backend.referrals.models import Referral
from backend.referrals.package import Change
from backend.referrals.schemas import ComeBackIn
from backend.referrals.sight import require_named
from backend.referrals.takeover import Taking
from backend.referrals.views import referral_body
from backend.store import access
from backend.web.operations import expected_version, operation

routes = Blueprint("down", __name__)
TAG = "下转"


@routes.get("/ward")
@operation("ward.read", summary="我的病区：谁在住、谁快好了、谁在办下转", tag=TAG, answer=WardBody)
def read_ward(actor: Actor) -> WardBody:
    return ward_body(actor)


@routes.get("/stays/<uuid:stay_id>/down-options")
@operation("handover.propose", summary="能转到哪家卫生院、凭什么转", tag=TAG, answer=DownOptionsBody)
def read_options(actor: Actor, stay_id: UUID) -> DownOptionsBody:
    return options_body(actor, access.authorize(Stay, stay_id, actor, "handover.propose"))


@routes.post("/stays/<uuid:stay_id>/down-transfer")
@operation("handover.propose", summary="病区提出下转", tag=TAG, body=ProposalIn, answer=PackageBody, status=201)
def propose(actor: Actor, stay_id: UUID, body: ProposalIn) -> PackageBody:
    return package_body(handover.propose(actor, stay_id, Proposal(**body.model_dump())), actor)


@routes.get("/referrals/<uuid:referral_id>/hand-over")
@operation("referral.read", summary="交接资料：哪些写好了，还缺什么", tag=TAG, answer=PackageBody)
def read_package(actor: Actor, referral_id: UUID) -> PackageBody:
    return package_body(access.authorize(Referral, referral_id, actor, "referral.read"), actor)


@routes.put("/referrals/<uuid:referral_id>/hand-over")
@operation("referral.edit", summary="写交接资料，写多少存多少", tag=TAG, body=PackageIn, answer=PackageBody)
def save_package(actor: Actor, referral_id: UUID, body: PackageIn) -> PackageBody:
    drugs = None if body.drugs is None else tuple(Drug(**one.model_dump()) for one in body.drugs)
    change = Change(**body.model_dump(exclude={"drugs", "pin"}), drugs=drugs)
    return package_body(handover.save_package(actor, referral_id, change, expected_version(), body.pin), actor)


@routes.get("/referrals/<uuid:referral_id>/family-page")
@operation("referral.read", summary="给家里人看：谁照看、省多少、怎样马上回来", tag=TAG, answer=FamilyBody)
def read_family_page(actor: Actor, referral_id: UUID) -> FamilyBody:
    referral = access.authorize(Referral, referral_id, actor, "referral.read")
    return family_body(require_named(referral, actor), actor)


@routes.get("/hand-overs")
@operation("handover.accept", summary="等我们接的病人", tag=TAG, answer=HandOversBody)
def list_hand_overs(actor: Actor) -> HandOversBody:
    return HandOversBody(items=[hand_over_line(row, actor) for row in handover.for_us(actor)])


@routes.post("/referrals/<uuid:referral_id>/take-over")
@operation("handover.accept", summary="接下这位病人：到床上或回家管", tag=TAG, body=TakingIn, answer=PackageBody)
def take_over(actor: Actor, referral_id: UUID, body: TakingIn) -> PackageBody:
    takeover.accept(actor, referral_id, Taking(**body.model_dump()))
    return package_body(access.authorize(Referral, referral_id, actor, "referral.read"), actor)


@routes.post("/referrals/<uuid:referral_id>/come-back")
@operation(
    "referral.come_back",
    summary="下转的病人要回医院：一步开好，不重新排队",
    tag=TAG,
    body=ComeBackIn,
    answer=ReferralBody,
    status=201,
)
def come_back(actor: Actor, referral_id: UUID, body: ComeBackIn) -> ReferralBody:
    draft = Draft(**body.model_dump(exclude={"pin"}))
    return referral_body(returning.come_back(actor, referral_id, draft, body.pin), actor)

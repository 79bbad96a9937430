"""HTTP of referrals for the patient's side and the treating doctor. Others have `receiving_api`, `certificate_api`."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.referrals import (
    along_api,
    certificate_api,
    consent_api,
    direct_api,
    drafts,
    endings,
    handover_api,
    incoming_api,
    outside_api,
    reassign_api,
    receiving_api,
    service,
    spoken_api,
)
from backend.referrals.bodies import OwnWishBody, ReferralBody, ReferralsBody
from backend.referrals.bodies_options import OptionsBody
from backend.referrals.drafts import Case, Draft
from backend.referrals.models import Referral
from backend.referrals.options import options, own_wish_changes
from backend.referrals.schemas import (
    DraftIn,
    EditIn,
    OptionsQuery,
    OwnWishIn,
    PinIn,
    ReferralIn,
    ReferralsQuery,
)
from backend.referrals.views import county_of, referral_body, referral_line, source_body, violation_view
from backend.store import access
from backend.web.operations import expected_version, operation
from backend.web.paging import fetch_page

routes = Blueprint("referrals", __name__, url_prefix="/api/v1")
routes.register_blueprint(along_api.routes)
routes.register_blueprint(consent_api.routes)
routes.register_blueprint(receiving_api.routes)
routes.register_blueprint(handover_api.routes)
routes.register_blueprint(certificate_api.routes)
routes.register_blueprint(incoming_api.routes)
routes.register_blueprint(spoken_api.routes)
routes.register_blueprint(direct_api.routes)
routes.register_blueprint(reassign_api.routes)
routes.register_blueprint(outside_api.routes)
TAG = "转诊"


@routes.get("/residents/<uuid:resident_id>/referral-options")
@operation("referral.create", summary="能转到哪里、凭什么转", tag=TAG, query=OptionsQuery, answer=OptionsBody)
def read_options(actor: Actor, resident_id: UUID, query: OptionsQuery) -> OptionsBody:
    resident = access.authorize(Resident, resident_id, actor, "referral.create")
    return options(actor, resident, "up", **query.model_dump())


@routes.post("/referrals")
@operation("referral.create", summary="开始写转诊单", tag=TAG, body=ReferralIn, answer=ReferralBody, status=201)
def create(actor: Actor, body: ReferralIn) -> ReferralBody:
    case = Case(resident_id=body.resident_id, visit_id=body.visit_id, stay_id=body.stay_id)
    return referral_body(drafts.create(actor, case, _draft(body, own_wish=body.own_wish)), actor)


@routes.post("/referrals/own-wish")
@operation(
    "referral.create",
    summary="病人自己要求转诊：不开证明，告诉病人可以自己去",
    tag=TAG,
    body=OwnWishIn,
    answer=OwnWishBody,
    status=201,
)
def own_wish(actor: Actor, body: OwnWishIn) -> OwnWishBody:
    case = Case(resident_id=body.resident_id, visit_id=body.visit_id)
    row, violation = drafts.refuse_own_wish(actor, case, body.to_institution, body.diagnosis_text)
    changes, source = own_wish_changes(actor)
    county = county_of(actor)
    return OwnWishBody(
        referral_id=row.id,
        refused=violation_view(violation),
        changes=changes,
        source=source_body(county, source) if source else None,
    )


@routes.get("/referrals")
@operation("referral.read", summary="转诊：我的、我开的、转来的", tag=TAG, query=ReferralsQuery, answer=ReferralsBody)
def list_referrals(actor: Actor, query: ReferralsQuery) -> ReferralsBody:
    found = access.scoped_query(Referral, actor, "referral.read")
    if query.resident_id is not None:
        found = found.where(Referral.resident_id == query.resident_id)
    rows, cursor = fetch_page(found, Referral.id, query)
    return ReferralsBody(items=[referral_line(row, actor) for row in rows], next_cursor=cursor)


@routes.get("/referrals/<uuid:referral_id>")
@operation("referral.read", summary="一次转诊，走到哪了", tag=TAG, answer=ReferralBody)
def read(actor: Actor, referral_id: UUID) -> ReferralBody:
    return referral_body(access.authorize(Referral, referral_id, actor, "referral.read"), actor)


@routes.put("/referrals/<uuid:referral_id>")
@operation("referral.edit", summary="改转诊单", tag=TAG, body=EditIn, answer=ReferralBody)
def edit(actor: Actor, referral_id: UUID, body: EditIn) -> ReferralBody:
    return referral_body(
        service.edit(actor, referral_id, _draft(body), version=expected_version(), pin=body.pin), actor
    )


@routes.post("/referrals/<uuid:referral_id>/submit")
@operation("referral.edit", summary="经治医生签字提交", tag=TAG, body=PinIn, answer=ReferralBody)
def submit(actor: Actor, referral_id: UUID, body: PinIn) -> ReferralBody:
    return referral_body(service.submit(actor, referral_id, body.pin, expected_version()), actor)


@routes.post("/referrals/<uuid:referral_id>/give-up")
@operation("referral.edit", summary="没有医院能收，在这里治", tag=TAG, answer=ReferralBody)
def give_up(actor: Actor, referral_id: UUID) -> ReferralBody:
    return referral_body(endings.give_up(actor, referral_id), actor)


def _draft(body: DraftIn, *, own_wish: bool = False) -> Draft:
    given = body.model_dump(include=set(DraftIn.model_fields) - {"records", "cleared"})
    records = None if body.records is None else tuple((one.kind, one.id) for one in body.records)
    return Draft(**given, records=records, cleared=frozenset(body.cleared), own_wish=own_wish)

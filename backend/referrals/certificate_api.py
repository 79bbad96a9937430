"""HTTP of certificates, the admission desk, the public directory and the county's keys."""

from uuid import UUID

from flask import Blueprint, Response

from backend.kernel.roles import Actor
from backend.referrals import keys, service
from backend.referrals.arrivals import Coming
from backend.referrals.bodies import ReferralBody
from backend.referrals.bodies_certificate import (
    ArrivalBody,
    ArrivalsBody,
    CertificateBody,
    DesksBody,
    KeyBody,
    KeysBody,
    VerifiedBody,
)
from backend.referrals.certificate_views import (
    arrival_body,
    certificate_body,
    desks,
    present,
    print_of,
    verified_body,
)
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival
from backend.referrals.paper import certificate as draw
from backend.referrals.schemas import ArrivalIn, CountyQuery, ResultIn, VerifyIn
from backend.referrals.sight import require_named
from backend.referrals.views import referral_body
from backend.store import access
from backend.web.operations import operation
from backend.web.paging import PageQuery, fetch_page

routes = Blueprint("certificates", __name__)
TAG = "转诊证明"


@routes.get("/referrals/<uuid:referral_id>/certificate")
@operation("referral.read", summary="转诊证明", tag=TAG, answer=CertificateBody)
def read_certificate(actor: Actor, referral_id: UUID) -> CertificateBody:
    return certificate_body(present(_named(actor, referral_id)))


@routes.get("/referrals/<uuid:referral_id>/certificate.pdf")
@operation("referral.read", summary="转诊证明（A4 打印）", tag=TAG, media_type="application/pdf")
def print_certificate(actor: Actor, referral_id: UUID) -> Response:
    return sheet_of(actor, referral_id)


def sheet_of(actor: Actor, referral_id: UUID) -> Response:
    """Return the A4 sheet for whoever may read the whole paper; the desk's own page prints the same."""
    certificate = present(_named(actor, referral_id))
    return Response(
        draw(print_of(certificate)),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{certificate.number}.pdf"'},
    )


@routes.post("/certificates/verify")
@operation("certificate.verify", summary="查验证明：扫码或输号码", tag="报到", body=VerifyIn, answer=VerifiedBody)
def verify(actor: Actor, body: VerifyIn) -> VerifiedBody:
    return verified_body(service.verify_certificate(actor, body.text), actor)


@routes.post("/arrivals")
@operation("arrival.write", summary="病人到了：登记", tag="报到", body=ArrivalIn, answer=ArrivalBody, status=201)
def register(actor: Actor, body: ArrivalIn) -> ArrivalBody:
    return arrival_body(service.register_arrival(actor, Coming(**body.model_dump())))


@routes.get("/arrivals")
@operation("arrival.read", summary="转入登记簿", tag="报到", query=PageQuery, answer=ArrivalsBody)
def list_arrivals(actor: Actor, query: PageQuery) -> ArrivalsBody:
    rows, cursor = fetch_page(access.scoped_query(Arrival, actor, "arrival.read"), Arrival.id, query)
    return ArrivalsBody(items=[arrival_body(row) for row in rows], next_cursor=cursor)


@routes.post("/referrals/<uuid:referral_id>/result")
@operation("referral.result", summary="看完了，把结果和用药发回去", tag="报到", body=ResultIn, answer=ReferralBody)
def send_result(actor: Actor, referral_id: UUID, body: ResultIn) -> ReferralBody:
    return referral_body(service.send_result(actor, referral_id, body.result), actor)


@routes.get("/referral-desks")
@operation("desk.read", summary="转诊服务台电话", tag=TAG, query=CountyQuery, answer=DesksBody, public=True)
def list_desks(actor: Actor, query: CountyQuery) -> DesksBody:
    del actor
    return desks(query.county)


@routes.get("/county-keys")
@operation("key.read", summary="查验证明用的公钥", tag=TAG, query=CountyQuery, answer=KeysBody, public=True)
def list_keys(actor: Actor, query: CountyQuery) -> KeysBody:
    del actor
    return KeysBody(
        items=[
            KeyBody(id=key.id, public=keys.encoded(key.public), made_at=key.created_at, retired_at=key.retired_at)
            for key in keys.public_keys(query.county)
        ]
    )


def _named(actor: Actor, referral_id: UUID) -> Referral:
    # The whole paper is on these pages: who withdrew is shown to the hospital no longer.
    return require_named(access.authorize(Referral, referral_id, actor, "referral.read"), actor)

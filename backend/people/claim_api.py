"""HTTP: claiming a record, codes handed over in person, and who may act for whom."""

from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.people import claims, exchange, family, views
from backend.people.models import Resident
from backend.people.schemas import (
    Claim,
    Claimed,
    CodeIssue,
    Invitation,
    IssuedCode,
    RelatedRows,
)
from backend.store import access
from backend.web.operations import operation

routes = Blueprint("people_claims", __name__)


def _phone(body: Claim) -> str | None:
    return None if body.phone_code is None else exchange.phone_of(body.phone_code)


@routes.post("/claims")
@operation(
    "claim.make", summary="把健康档案连到这个微信", tag="家人", body=Claim, answer=Claimed, status=201, before=_phone
)
def claim(actor: Actor, body: Claim, prepared: str | None) -> Claimed:
    if prepared is not None:
        resident_id = claims.claim_by_phone(actor, prepared)
    else:
        assert body.hand_over_code is not None
        resident_id = claims.claim_by_code(actor, body.hand_over_code)
    residents = views.fresh_residents(actor)
    return Claimed(resident=next(row for row in residents if row.id == resident_id))


@routes.post("/residents/<uuid:resident_id>/hand-over-codes")
@operation(
    "hand_over_code.issue",
    summary="看过证件，当面给居民或家人一个交接码",
    tag="家人",
    body=CodeIssue,
    answer=IssuedCode,
    status=201,
)
def issue(actor: Actor, resident_id: UUID, body: CodeIssue) -> IssuedCode:
    resident = access.authorize(Resident, resident_id, actor, "hand_over_code.issue")
    code, expires_at = claims.issue_in_person(actor, resident, body.purpose, body.relation, body.holder_name)
    return IssuedCode(code=code, expires_at=expires_at)


@routes.get("/related-persons")
@operation("related_person.read", summary="谁能替我办", tag="家人", answer=RelatedRows)
def mine(actor: Actor) -> RelatedRows:
    return RelatedRows(items=family.rows_of(actor, family.subject(actor, "related_person.read")))


@routes.get("/residents/<uuid:resident_id>/related-persons")
@operation("related_person.read", summary="谁能替这位居民办", tag="家人", answer=RelatedRows)
def of_resident(actor: Actor, resident_id: UUID) -> RelatedRows:
    resident = access.authorize(Resident, resident_id, actor, "related_person.read")
    return RelatedRows(items=family.rows_of(actor, resident))


@routes.post("/related-persons")
@operation(
    "related_person.invite",
    summary="请一位家人替我跑腿：得到一个给家人填的码",
    tag="家人",
    body=Invitation,
    answer=IssuedCode,
    status=201,
)
def invite(actor: Actor, body: Invitation) -> IssuedCode:
    resident = family.subject(actor, "related_person.invite")
    code, expires_at = claims.issue_code(actor, resident, "proxy", body.relation, body.holder_name)
    return IssuedCode(code=code, expires_at=expires_at)


@routes.delete("/related-persons/<uuid:related_id>")
@operation("related_person.revoke", summary="不再让这位家人代办", tag="家人", status=204)
def revoke(actor: Actor, related_id: UUID) -> None:
    family.revoke(actor, related_id)

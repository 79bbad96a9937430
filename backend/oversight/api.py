"""HTTP of the sample of issued referrals: what was drawn, a verdict, the bureau's count. MS-4.2.2u1b."""

from datetime import date
from uuid import UUID

from flask import Blueprint

from backend.kernel.roles import Actor
from backend.oversight import audits
from backend.oversight.models_audit import ReferralAudit
from backend.oversight.schemas import AuditBody, AuditCounts, AuditPage, PeriodQuery, ReviewIn
from backend.oversight.views import audit_body, counts_body
from backend.store import access
from backend.web.operations import operation
from backend.web.paging import PageQuery, fetch_page

routes = Blueprint("oversight", __name__, url_prefix="/api/v1")
TAG = "转诊抽查"


@routes.get("/referral-audits")
@operation("referral_audit.read", summary="抽到的转诊", tag=TAG, query=PageQuery, answer=AuditPage)
def list_audits(actor: Actor, query: PageQuery) -> AuditPage:
    rows, cursor = fetch_page(access.scoped_query(ReferralAudit, actor, "referral_audit.read"), ReferralAudit.id, query)
    return AuditPage(items=[audit_body(row, actor) for row in rows], next_cursor=cursor)


@routes.get("/referral-audits/<uuid:audit_id>")
@operation("referral_audit.read", summary="抽到的一张转诊", tag=TAG, answer=AuditBody)
def read_audit(actor: Actor, audit_id: UUID) -> AuditBody:
    return audit_body(access.authorize(ReferralAudit, audit_id, actor, "referral_audit.read"), actor)


@routes.post("/referral-audits/<uuid:audit_id>/review")
@operation("referral_audit.review", summary="认定：该转、不该转、材料不全", tag=TAG, body=ReviewIn, answer=AuditBody)
def review(actor: Actor, audit_id: UUID, body: ReviewIn) -> AuditBody:
    return audit_body(audits.review(actor, audit_id, body.verdict, body.reason), actor)


@routes.get("/referral-audit-counts")
@operation("oversight.read", summary="抽查结果，按机构和医生", tag=TAG, query=PeriodQuery, answer=AuditCounts)
def read_counts(actor: Actor, query: PeriodQuery) -> AuditCounts:
    return counts_body(actor.county_id, date.fromisoformat(f"{query.month}-01") if query.month else None)

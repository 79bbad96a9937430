"""抽查: issued referrals that are looked at again, by the house where the patient went or the bureau. MS-4.2.2u1b."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template

from backend.desk.counts import to_judge
from backend.desk.forms import choice, text
from backend.desk.frame import draw, may
from backend.desk.said import with_word
from backend.kernel.roles import Actor
from backend.oversight import audits
from backend.oversight.models_audit import ReferralAudit
from backend.oversight.states import AuditStatus
from backend.oversight.views import audit_body, counts_body
from backend.store import access
from backend.store.db import session
from backend.web.pages import page

pages = Blueprint("desk_audits", __name__, url_prefix="/audits")
VERDICTS = {"justified": "该转", "unjustified": "不该转，下面能治", "papers_missing": "材料不全"}
MOST = 200


@pages.get("")
@page("referral_audit.review")
def show(actor: Actor) -> str:
    which = choice("show", ("open", "judged"), "open")
    return draw(
        "desk/audits.html",
        actor,
        "audits",
        part="desk/audits_list.html",
        which=which,
        rows=[audit_body(row, actor) for row in _rows(actor, which)],
        verdicts=VERDICTS,
        counted=counts_body(actor.county_id, None) if may(actor, "oversight.read") else None,
    )


@pages.get("/<uuid:audit_id>")
@page("referral_audit.read")
def one(actor: Actor, audit_id: UUID) -> str:
    return _case(actor, access.authorize(ReferralAudit, audit_id, actor, "referral_audit.read"))


@pages.post("/<uuid:audit_id>/review")
@page("referral_audit.review")
def review(actor: Actor, audit_id: UUID) -> Response:
    row = audits.review(actor, audit_id, choice("verdict", tuple(VERDICTS), ""), text("reason", 300))
    return with_word(make_response(_case(actor, row)), "认定写好了，开转诊的医生会看到。", refresh=True)


def _rows(actor: Actor, which: str) -> list[ReferralAudit]:
    query = to_judge(actor)
    if which == "judged":
        query = access.scoped_query(ReferralAudit, actor, "referral_audit.read").where(
            ReferralAudit.status == AuditStatus.REVIEWED
        )
    return list(session().scalars(query.order_by(ReferralAudit.id.desc()).limit(MOST)))


def _case(actor: Actor, row: ReferralAudit) -> str:
    return render_template("desk/audit.html", one=audit_body(row, actor), verdicts=VERDICTS)

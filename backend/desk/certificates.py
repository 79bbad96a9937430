"""打印证明: the paper of a referral as a PDF, for every desk that may read it; the same sheet as on the phone."""

from uuid import UUID

from flask import Blueprint, Response

from backend.kernel.roles import Actor
from backend.referrals.certificate_api import sheet_of
from backend.web.pages import page

pages = Blueprint("desk_certificates", __name__, url_prefix="/certificates")


@pages.get("/<uuid:referral_id>")
@page("referral.read")
def show(actor: Actor, referral_id: UUID) -> Response:
    return sheet_of(actor, referral_id)

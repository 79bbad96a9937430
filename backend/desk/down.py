"""下转: patients of this house on their way home, and those sent to this house from above."""

from flask import Blueprint

from backend.desk.frame import draw
from backend.kernel.roles import Actor
from backend.referrals.models import Referral
from backend.referrals.states import LIVE
from backend.referrals.views import referral_line
from backend.store import access
from backend.store.db import session
from backend.web.list_traces import leave_trace
from backend.web.pages import page

pages = Blueprint("desk_down", __name__, url_prefix="/down")


@pages.get("")
@page("referral.read")
def show(actor: Actor) -> str:
    rows = session().scalars(
        access.scoped_query(Referral, actor, "referral.read")
        .where(Referral.direction == "down", Referral.status.in_(LIVE))
        .order_by(Referral.id.desc())
        .limit(100)
    )
    lines = [referral_line(row, actor) for row in rows]
    leave_trace(actor, "referral.down_list", len(lines))
    return draw("desk/down.html", actor, "down", rows=lines)

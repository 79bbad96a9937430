"""监督提醒: houses over the county's line, with the counts behind it and whose line it is. MS-4.2.3d."""

from flask import Blueprint

from backend.alliance.queries import pack
from backend.desk.bureau_month import month_of, months_offered
from backend.desk.frame import draw
from backend.kernel.roles import Actor
from backend.oversight.alarms import HouseShare, looked
from backend.oversight.targets import FEW
from backend.web.pages import page

pages = Blueprint("desk_alarms", __name__, url_prefix="/bureau/alarms")


@pages.get("")
@page("oversight.read")
def show(actor: Actor) -> str:
    month = month_of(actor)
    return draw(
        "desk/alarms.html",
        actor,
        "bureau",
        county=pack(actor.county_id).county,
        month=month,
        months=months_offered(),
        alarms=looked(actor.county_id, month),
        share=share,
        few=FEW,
    )


def share(one: HouseShare) -> tuple[str, str]:
    """Return a house's part and percent as they may be shown: of few neither is told."""
    if 0 < one.part < FEW or 0 < one.whole - one.part < FEW:
        return "人少，不写", "—"
    return str(one.part), f"{one.percent}%"

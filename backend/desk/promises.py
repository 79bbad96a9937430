"""答复快慢: how long each house lets people wait, against the county's own promises. XM-5.4b."""

from flask import Blueprint

from backend.alliance.queries import pack
from backend.desk.bureau_month import month_of, months_offered
from backend.desk.frame import draw
from backend.desk.words import length
from backend.kernel.roles import Actor
from backend.oversight.promises import KINDS, Promise, promises
from backend.oversight.targets import FEW
from backend.web.pages import page

pages = Blueprint("desk_promises", __name__, url_prefix="/bureau/promises")


@pages.get("")
@page("oversight.read")
def show(actor: Actor) -> str:
    county, month = pack(actor.county_id), month_of(actor)
    booking, receiving, limits = county.booking, county.referral.receiving, county.referral.limits
    return draw(
        "desk/promises.html",
        actor,
        "bureau",
        county=county.county,
        month=month,
        months=months_offered(),
        lines=[cells(one) for one in promises(actor.county_id, month)],
        few=FEW,
        rules=[
            (KINDS["receiving"], receiving.sample, county.source(receiving.source)),
            (f"{KINDS['receiving']}（卫生院）", limits.sample, county.source(limits.source)),
            *(
                (KINDS["bed" if one.kind == "bed" else "confirming"], one.sample, county.source(one.source))
                for one in booking.confirmations
                if one.by == "desk"
            ),
        ],
    )


def cells(one: Promise) -> tuple[str, ...]:
    """Return a promise as a row: house, which, its time, questions, in time, share, middle, still waiting."""
    limits = "、".join(length(limit) for limit in one.limits)
    if one.whole < FEW:
        return (one.name, KINDS[one.kind], limits, f"少于 {FEW}", "—", "—", "—", "—")
    return (
        one.name,
        KINDS[one.kind],
        limits,
        str(one.whole),
        str(one.kept),
        f"{one.percent}%",
        "—" if one.middle is None else length(one.middle),
        str(one.waiting),
    )

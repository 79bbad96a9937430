"""协议: until when each agreement holds and when it is looked at again, warned of before. MS-4.2.3d, XM-5.5."""

from datetime import date

from flask import Blueprint, Response, make_response

from backend.alliance.queries import pack
from backend.desk.forms import choice, day, text
from backend.desk.frame import draw
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor, Role
from backend.oversight import agreements
from backend.oversight.agreements import OUTCOMES
from backend.store import clock
from backend.web.pages import page

pages = Blueprint("desk_agreements", __name__, url_prefix="/agreements")


@pages.get("")
@page("agreement.read")
def show(actor: Actor) -> str:
    return _page(actor)


@pages.post("/review")
@page("agreement.review")
def review(actor: Actor) -> Response:
    held = day("held_on")
    if held is None:
        raise Invalid("no_day", "请写哪天复核的。")
    key = (text("institution", 64), text("upper_institution", 64), day("from_day") or date.min)
    agreements.review(actor, key, held, choice("outcome", tuple(OUTCOMES), ""), text("note", 120))
    return with_word(make_response(_page(actor)), "复核记好了。")


def _page(actor: Actor) -> str:
    county, bureau = pack(actor.county_id), actor.has(Role.BUREAU)
    rule = county.alliances.agreement_warning
    return draw(
        "desk/agreements.html",
        actor,
        "agreements",
        part="desk/agreements_list.html",
        today=local_day(clock.now()),
        rows=agreements.agreements(actor.county_id, None if bureau else actor.institution),
        members=agreements.ending_members(actor.county_id) if bureau else [],
        bureau=bureau,
        outcomes=OUTCOMES,
        rule=rule,
        source=county.source(rule.source),
    )

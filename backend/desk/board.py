"""号源: the week's places kept for referred patients, department by day. It counts; it names nobody."""

from datetime import timedelta

from flask import Blueprint

from backend.alliance.queries import pack
from backend.desk import board_rows
from backend.desk.forms import day
from backend.desk.frame import draw
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.store import clock
from backend.web.pages import page

pages = Blueprint("desk_board", __name__, url_prefix="/places")
WEEK = 7


@pages.get("")
@page("desk.places")
def show(actor: Actor) -> str:
    today = local_day(clock.now())
    first = day("from") or today
    return draw(
        "desk/board.html",
        actor,
        "places",
        today=today,
        first=first,
        before=first - timedelta(days=WEEK),
        after=first + timedelta(days=WEEK),
        lines=board_rows.board(actor.county_id, actor.institution, first, WEEK) if actor.institution else [],
        quota=pack(actor.county_id).booking.quota,
        source=pack(actor.county_id).source(pack(actor.county_id).booking.quota.source),
    )

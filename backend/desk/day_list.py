"""日单: who comes on a day, a sheet for each doctor or session in the expected order; prints, and lets people in."""

from flask import Blueprint, Response, make_response

from backend.alliance.queries import pack
from backend.desk import coming_in, day_rows, week_rows
from backend.desk.forms import choice, day, text
from backend.desk.frame import draw
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.records.views import department_name
from backend.store import clock
from backend.web.list_traces import leave_trace
from backend.web.pages import page

pages = Blueprint("desk_day", __name__, url_prefix="/day")


@pages.get("")
@page("appointment.read")
def show(actor: Actor) -> str:
    return _draw(actor)


@pages.post("/come")
@page("appointment.check_in")
def come(actor: Actor) -> Response:
    said = coming_in.let_in(actor, text("q", 400))
    return with_word(make_response(_draw(actor)), said)


def _draw(actor: Actor) -> str:
    today = local_day(clock.now())
    on, department = day("on") or today, text("department", 60)
    hidden = choice("names", ("full", "hidden"), "full") == "hidden"
    sheets = day_rows.sheets(actor, on, hidden=hidden)
    county = pack(actor.county_id)
    here = dict.fromkeys(sheet.department for sheet in sheets)
    shown = [sheet for sheet in sheets if department in ("", sheet.department)]
    if not hidden:
        people = sum(len(sheet.rows) for sheet in shown)
        leave_trace(actor, "appointment.day_list", people, day=on.isoformat(), department=department)
    return draw(
        "desk/day.html",
        actor,
        "places",
        part="desk/day_list.html",
        today=today,
        the_day=on,
        department=department,
        departments=[(code, department_name(county, code)) for code in here],
        hidden=hidden,
        sheets=shown,
        tab="day",
        tabs=week_rows.tabs(actor),
    )

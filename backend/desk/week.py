"""号源: the week's sessions, department and doctor by day, with every pool's places. It counts; it names nobody."""

from datetime import timedelta

from flask import Blueprint

from backend.alliance.queries import pack
from backend.booking.week import made_until
from backend.desk import week_rows
from backend.desk.forms import day, text
from backend.desk.frame import draw, may
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.store import clock
from backend.web.pages import page

pages = Blueprint("desk_week", __name__, url_prefix="/places")
DAYS = 7


@pages.get("")
@page("desk.places")
def show(actor: Actor) -> str:
    today = local_day(clock.now())
    first, department = day("from") or today, text("department", 60)
    lines = week_rows.board(actor, first, DAYS) if actor.institution else []
    rules = pack(actor.county_id).booking
    return draw(
        "desk/week.html",
        actor,
        "places",
        part="desk/week_list.html",
        today=today,
        now=clock.now(),
        first=first,
        before=first - timedelta(days=DAYS),
        after=first + timedelta(days=DAYS),
        days=[first + timedelta(days=number) for number in range(DAYS)],
        departments=list(dict.fromkeys((line.department, line.department_name) for line in lines)),
        department=department,
        made_until=made_until(actor.county_id, actor.institution) if actor.institution else None,
        lines=[line for line in lines if department in ("", line.department)],
        opens=may(actor, "schedule.read"),
        quota=rules.quota,
        source=pack(actor.county_id).source(rules.quota.source),
        tab="week",
        tabs=week_rows.tabs(actor),
        pools=week_rows.POOLS,
    )

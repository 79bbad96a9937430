"""加号: a place added by hand at the desk for whoever stands there; who it is for is looked up by their papers."""

from flask import Blueprint, Response, make_response, render_template

from backend.alliance.queries import pack
from backend.booking import overbooking
from backend.booking.models import ScheduleSession
from backend.booking.week import full_times
from backend.desk import bookings, door, week_rows
from backend.desk.forms import text, uuid
from backend.desk.said import with_word
from backend.kernel.roles import Actor
from backend.people import residents
from backend.people.models import Resident
from backend.store import access
from backend.web.pages import page

pages = Blueprint("desk_overbook", __name__, url_prefix="/overbook")


@pages.post("/who")
@page("appointment.overbook")
def who(actor: Actor) -> str:
    said = text("q", 400)
    on = access.authorize(ScheduleSession, uuid("session_id"), actor, "schedule.read")
    county = pack(actor.county_id)
    rule = county.booking.over_quota
    return render_template(
        "desk/overbook.html",
        people=residents.look_up(actor, door.papers(said)),
        said=said,
        full=full_times(on.county_id, on.id),
        rule=rule,
        source=county.source(rule.source),
        pool_names=week_rows.POOLS,
    )


@pages.post("")
@page("appointment.overbook")
def add(actor: Actor) -> Response:
    resident = access.authorize(Resident, uuid("resident_id"), actor, "appointment.overbook")
    made = overbooking.add(actor, resident, uuid("slot_id"), text("reason", 60))
    return with_word(make_response(bookings.case_of(actor, made)), "加号好了，病人会收到通知。", refresh=True)

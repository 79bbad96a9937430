"""候补: who waits for a place here, the most urgent first, with the offers that run and the calls about them."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template

from backend.alliance.queries import pack
from backend.booking import calls, service, wait_list
from backend.booking.calls import OUTCOMES
from backend.booking.models import Appointment, WaitlistEntry
from backend.booking.queries import offer_of_wait
from backend.booking.views_wait import wait_body
from backend.desk import waiting_rows
from backend.desk.forms import choice, number, text
from backend.desk.frame import draw, may
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.records.views import department_name
from backend.store import access, clock
from backend.store.db import session
from backend.web.list_traces import leave_trace
from backend.web.pages import page

pages = Blueprint("desk_waiting", __name__, url_prefix="/waiting")
_SAID = {
    "took": "号归这位病人了，病人会收到通知。",
    "declined": "记下了：这次不要。号给下一位，病人还在候补里。",
    "not_reached": "记下了：没打通。到答复时间还没打通，号给下一位，病人还在候补里。",
}


@pages.get("")
@page("waitlist.read")
def show(actor: Actor) -> str:
    department = text("department", 60)
    found = waiting_rows.rows(actor)
    county = pack(actor.county_id)
    here = dict.fromkeys(row.department for row in found)
    shown = [row for row in found if department in ("", row.department)]
    leave_trace(actor, "waitlist.list", len(shown), department=department)
    return draw(
        "desk/waiting.html",
        actor,
        "waiting",
        part="desk/waiting_list.html",
        rows=shown,
        departments=[(code, department_name(county, code)) for code in here],
        department=department,
        today=local_day(clock.now()),
        rule=county.booking.waitlist,
        source=county.source(county.booking.waitlist.source),
    )


@pages.get("/<uuid:waitlist_entry_id>")
@page("waitlist.read")
def one(actor: Actor, waitlist_entry_id: UUID) -> str:
    return _case(actor, access.authorize(WaitlistEntry, waitlist_entry_id, actor, "waitlist.read"))


@pages.post("/<uuid:waitlist_entry_id>/leave")
@page("waitlist.leave")
def leave(actor: Actor, waitlist_entry_id: UUID) -> Response:
    row = access.authorize(WaitlistEntry, waitlist_entry_id, actor, "waitlist.leave")
    wait_list.require_waiting(row)
    service.leave_wait(actor, row, "desk")
    return with_word(make_response(_case(actor, row)), "不候补了，已从名单里拿掉。", refresh=True)


@pages.post("/offers/<uuid:appointment_id>/call")
@page("appointment.change")
def call(actor: Actor, appointment_id: UUID) -> Response:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.change")
    outcome = choice("outcome", OUTCOMES, "")
    calls.record(actor, row, number("version"), outcome)
    wait = session().get(WaitlistEntry, (row.county_id, row.wait_id), populate_existing=True) if row.wait_id else None
    return with_word(make_response(_case(actor, wait) if wait else ""), _SAID[outcome], refresh=True)


def _case(actor: Actor, row: WaitlistEntry) -> str:
    offer = offer_of_wait(row.county_id, row.id)
    return render_template(
        "desk/wait.html",
        one=wait_body(row, actor),
        row=waiting_rows.row_of(actor, row),
        offer=offer,
        calls=calls.calls_about(row.county_id, offer.id) if offer else [],
        answers=offer is not None and may(actor, "appointment.change"),
        today=local_day(clock.now()),
    )

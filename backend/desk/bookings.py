"""One booking beside a list: moved, ended with a reason, let in, said yes or no to. Each deed is the API's own."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template

from backend.alliance.queries import pack
from backend.booking import arriving, ending, open_places, queries, service
from backend.booking.instants import say
from backend.booking.models import Appointment
from backend.booking.queries_open import places_like
from backend.booking.states import AppointmentStatus
from backend.booking.views import appointment_body
from backend.booking.within import last_day_of
from backend.desk import booking_rows, order_facts
from backend.desk.forms import marked, number, number_or, text, uuid
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.store import access, clock
from backend.web.pages import page

pages = Blueprint("desk_bookings", __name__, url_prefix="/bookings")


@pages.get("/<uuid:appointment_id>")
@page("appointment.read")
def show(actor: Actor, appointment_id: UUID) -> str:
    return _case(actor, access.authorize(Appointment, appointment_id, actor, "appointment.read"))


@pages.post("/<uuid:appointment_id>/check-in")
@page("appointment.check_in")
def check_in(actor: Actor, appointment_id: UUID) -> Response:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.check_in")
    given = arriving.let_in(actor, row)
    return _done(actor, row, f"报到好了，{given} 号。")


@pages.post("/<uuid:appointment_id>/move")
@page("appointment.change")
def move(actor: Actor, appointment_id: UUID) -> Response:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.change")
    service.move(actor, row, uuid("slot_id"), number("version"))
    return _done(actor, row, f"改到 {say(row.starts_at)}，病人会收到通知。")


@pages.post("/<uuid:appointment_id>/cancel")
@page("appointment.change")
def cancel(actor: Actor, appointment_id: UUID) -> Response:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.change")
    ending.cancel_with_reason(actor, row, number("version"), text("reason", 60))
    return _done(actor, row, "退了，号已经给下一位或者放出来了。病人会收到通知。")


@pages.post("/<uuid:appointment_id>/grant")
@page("appointment.grant")
def grant(actor: Actor, appointment_id: UUID) -> Response:
    chosen = marked(appointment_id)
    rows = [access.authorize(Appointment, one, actor, "appointment.grant") for one in chosen]
    for row in rows:
        # Of several only the row beside the list was on the screen with its version.
        open_places.grant(actor, row, number_or("version", row.version) if len(rows) == 1 else row.version)
    return _done(actor, rows[0], "确认了，病人会收到通知。" if len(rows) == 1 else f"{len(rows)} 位都确认了。")


@pages.post("/<uuid:appointment_id>/grant-at")
@page("appointment.grant")
def grant_at(actor: Actor, appointment_id: UUID) -> Response:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.grant")
    ending.grant_at(actor, row, uuid("slot_id"), number("version"))
    return _done(actor, row, f"换到 {say(row.starts_at)} 并确认了，病人会收到通知。")


@pages.post("/<uuid:appointment_id>/refuse")
@page("appointment.grant")
def refuse(actor: Actor, appointment_id: UUID) -> Response:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.grant")
    ending.refuse(actor, row, number("version"), text("reason", 60), text("instead", 60))
    return _done(actor, row, "答复了不能确认，病人会看到原因和可以去哪里。")


def case_of(actor: Actor, appointment_id: UUID) -> str:
    """Return the booking as it stands beside a list."""
    return _case(actor, queries.appointment(actor.county_id, appointment_id))


def _done(actor: Actor, row: Appointment, said: str) -> Response:
    return with_word(make_response(case_of(actor, row.id)), said, refresh=True)


def _case(actor: Actor, row: Appointment) -> str:
    body = appointment_body(row, actor)
    rules = pack(row.county_id).booking
    today = local_day(clock.now())
    return render_template(
        "desk/booking.html",
        one=body,
        row=booking_rows.row_of(actor, row),
        order=order_facts.of(row),
        offer=queries.offer_instead_of(row.county_id, row.id) if body.offer_id else None,
        today=today,
        is_today=row.day == today,
        pending=row.status == AppointmentStatus.PENDING,
        past=row.starts_at <= clock.now(),
        others=places_like(row, until=last_day_of(row)) if "move" in body.actions else [],
        cancel_reasons=rules.cancel.desk_reasons,
        refuse_reasons=rules.cancel.refuse_reasons,
        ways=ending.ways_instead(row) if "grant" in body.actions else [],
    )

"""One session: who has a place, its pools, and what may become of it: stopped, or its doctor's leave."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template

from backend.alliance.queries import pack
from backend.booking import displaced, foreseeing, stops
from backend.booking.models import Appointment, ScheduleSession
from backend.booking.views_staff import session_body
from backend.booking.week import full_times, in_session, pools_of
from backend.desk import booking_rows, week_rows
from backend.desk.forms import day, text
from backend.desk.frame import draw, may
from backend.desk.said import with_word
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid
from backend.kernel.roles import Actor
from backend.store import access, clock
from backend.store.db import session
from backend.web.htmx import wants_part
from backend.web.list_traces import leave_trace
from backend.web.pages import page

pages = Blueprint("desk_session", __name__, url_prefix="/places")


@pages.get("/<uuid:schedule_session_id>")
@page("schedule.read")
def show(actor: Actor, schedule_session_id: UUID) -> str:
    return _draw(actor, access.authorize(ScheduleSession, schedule_session_id, actor, "schedule.read"))


@pages.get("/<uuid:schedule_session_id>/leave")
@page("schedule.stop")
def foresee_leave(actor: Actor, schedule_session_id: UUID) -> str:
    on = access.authorize(ScheduleSession, schedule_session_id, actor, "schedule.stop")
    doctor, first, last = _leave(on)
    rows = stops.of_leave(actor.county_id, doctor, on.institution, first, last)
    return render_template("desk/foreseen.html", foreseen=foreseeing.foresee(actor.county_id, rows), leave=True)


@pages.post("/<uuid:schedule_session_id>/stop")
@page("schedule.stop")
def stop(actor: Actor, schedule_session_id: UUID) -> Response:
    on = access.authorize(ScheduleSession, schedule_session_id, actor, "schedule.stop")
    people = stops.stop(actor, on, text("reason", 60))
    return with_word(make_response(_draw(actor, on, "card")), f"停诊了。{_looked_after([on], people)}")


@pages.post("/<uuid:schedule_session_id>/leave")
@page("schedule.stop")
def leave(actor: Actor, schedule_session_id: UUID) -> Response:
    on = access.authorize(ScheduleSession, schedule_session_id, actor, "schedule.stop")
    doctor, first, last = _leave(on)
    stopped = stops.of_leave(actor.county_id, doctor, on.institution, first, last)
    sessions, people = stops.take_leave(actor, doctor, on.institution, first, last, text("reason", 60))
    session().refresh(on)
    said = f"休假登记好了，停了 {sessions} 个门诊。{_looked_after(stopped, people)}"
    return with_word(make_response(_draw(actor, on, "card")), said)


def _looked_after(stopped: Sequence[ScheduleSession], people: int) -> str:
    if not people:
        return ""
    phoned = displaced.to_phone(stopped[0].county_id, [one.id for one in stopped])
    call = f"{phoned} 位要打电话另约，在“要答复”那一页最上面。"
    if phoned == people:
        return call
    waiting = f"{people - phoned} 位先留了别的时间，等他们答复"
    return f"{waiting}；{call}" if phoned else f"{waiting}。"


def _leave(on: ScheduleSession) -> tuple[UUID, date, date]:
    if on.practitioner_id is None:
        raise Conflict("no_doctor", "这个门诊没有写是哪位医生，不能登记休假。要停这一个门诊，用“停诊”。")
    first, last = day("from_on") or on.day, day("until_on") or on.day
    if last < first:
        raise Invalid("days", "休假的日子不对：最后一天在第一天之前。")
    return on.practitioner_id, first, last


def _draw(actor: Actor, on: ScheduleSession, oob: str = "pools") -> str:
    body = session_body(on, actor)
    rows = access.scoped_query(Appointment, actor, "appointment.read").where(in_session(on.county_id, on.id))
    people = booking_rows.rows(actor, session().scalars(rows.order_by(Appointment.starts_at, Appointment.id)))
    leave_trace(actor, "appointment.session_list", len(people), session=str(on.id))
    county = pack(on.county_id)
    return draw(
        "desk/session.html",
        actor,
        "places",
        part="desk/session_list.html",
        oob=oob if wants_part() else "",
        one=body,
        practitioner=on.practitioner_id,
        past=on.ends_at <= clock.now(),
        pools=pools_of(on.county_id, [on.id]).get(on.id, ()),
        pool_names=week_rows.POOLS,
        rows=people,
        foreseen=foreseeing.foresee(on.county_id, [on]) if "stop" in body.actions else None,
        leave_reasons=county.booking.leave.reasons,
        leave_source=county.source(county.booking.leave.source),
        full=full_times(on.county_id, on.id) if body.actions or may(actor, "appointment.overbook") else [],
        adds=may(actor, "appointment.overbook"),
        today=local_day(clock.now()),
        now=clock.now(),
    )

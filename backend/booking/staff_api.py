"""HTTP of what staff do to places: add one, check somebody in, stop a session, enter a leave."""

from uuid import UUID

from flask import Blueprint
from sqlalchemy import select

from backend.booking import arriving, coming, overbooking, queries, stops
from backend.booking.codes import read_code
from backend.booking.models import Appointment, ScheduleSession
from backend.booking.schemas import (
    AppointmentBody,
    CheckInIn,
    LeaveIn,
    OverbookIn,
    SessionBody,
    StopIn,
    StoppedBody,
)
from backend.booking.states import AppointmentStatus
from backend.booking.views import appointment_body
from backend.booking.views_staff import session_body
from backend.kernel.errors import Forbidden, Invalid, NotFound
from backend.kernel.roles import Actor
from backend.people.models import Practitioner, PractitionerRole, Resident
from backend.referrals.models import Referral
from backend.store import access, clock
from backend.store.db import session
from backend.web.operations import operation
from backend.web.paging import Page, PageQuery, fetch_page

routes = Blueprint("staff", __name__)


@routes.post("/appointments/overbook")
@operation(
    "appointment.overbook", summary="加号（要写原因）", tag="预约", body=OverbookIn, answer=AppointmentBody, status=201
)
def overbook(actor: Actor, body: OverbookIn) -> AppointmentBody:
    resident = access.authorize(Resident, body.resident_id, actor, "appointment.overbook")
    if body.referral_id is not None:
        referral = access.authorize(Referral, body.referral_id, actor, "appointment.book")
        if referral.resident_id != resident.id:
            raise Invalid("other_person", "这次转诊不是这位病人的，请核对。")
    made = overbooking.add(actor, resident, body.slot_id, body.reason, body.referral_id)
    return appointment_body(queries.appointment(actor.county_id, made), actor, image=True)


@routes.post("/appointments/check-in")
@operation("appointment.check_in", summary="凭报到码报到，取序号", tag="预约", body=CheckInIn, answer=AppointmentBody)
def check_in_by_code(actor: Actor, body: CheckInIn) -> AppointmentBody:
    code = read_code(body.code)
    if code is None:
        raise Invalid("cannot_read", "认不出这个报到码，请对着手机再输一遍，或者按身份证找人。")
    found = session().scalar(
        access.scoped_query(Appointment, actor, "appointment.check_in").where(Appointment.code == code)
    )
    if found is None:
        raise NotFound("no_such_code", "本院没有这个报到码。人来了照样接，请按身份证找人。")
    arriving.let_in(actor, found)
    return appointment_body(found, actor)


@routes.post("/appointments/<uuid:appointment_id>/check-in")
@operation("appointment.check_in", summary="报到，取序号", tag="预约", answer=AppointmentBody)
def check_in(actor: Actor, appointment_id: UUID) -> AppointmentBody:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.check_in")
    arriving.let_in(actor, row)
    return appointment_body(row, actor)


@routes.post("/appointments/<uuid:appointment_id>/finish")
@operation("appointment.finish", summary="看完了", tag="预约", answer=AppointmentBody)
def finish(actor: Actor, appointment_id: UUID) -> AppointmentBody:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.finish", lock=True)
    coming.finish(actor, row)
    return appointment_body(row, actor)


@routes.get("/appointments/pending")
@operation(
    "appointment.grant", summary="等服务台确认的号，早的在前", tag="预约", query=PageQuery, answer=Page[AppointmentBody]
)
def list_pending(actor: Actor, query: PageQuery) -> Page[AppointmentBody]:
    waits = access.scoped_query(Appointment, actor, "appointment.grant").where(
        Appointment.status == AppointmentStatus.PENDING
    )
    rows, cursor = fetch_page(waits, Appointment.id, query)
    return Page[AppointmentBody](items=[appointment_body(row, actor) for row in rows], next_cursor=cursor)


@routes.get("/schedule-sessions")
@operation("schedule.read", summary="本院还没看完的门诊", tag="排班", query=PageQuery, answer=Page[SessionBody])
def list_sessions(actor: Actor, query: PageQuery) -> Page[SessionBody]:
    ahead = access.scoped_query(ScheduleSession, actor, "schedule.read").where(
        ScheduleSession.ends_at > clock.sql_now()
    )
    rows, cursor = fetch_page(ahead, ScheduleSession.id, query)
    return Page[SessionBody](items=[session_body(row, actor) for row in rows], next_cursor=cursor)


@routes.get("/schedule-sessions/<uuid:schedule_session_id>")
@operation("schedule.read", summary="一个门诊", tag="排班", answer=SessionBody)
def read_session(actor: Actor, schedule_session_id: UUID) -> SessionBody:
    return session_body(access.authorize(ScheduleSession, schedule_session_id, actor, "schedule.read"), actor)


@routes.post("/schedule-sessions/<uuid:schedule_session_id>/stop")
@operation("schedule.stop", summary="停诊：约了的人都有人管", tag="排班", body=StopIn, answer=StoppedBody)
def stop_session(actor: Actor, schedule_session_id: UUID, body: StopIn) -> StoppedBody:
    row = access.authorize(ScheduleSession, schedule_session_id, actor, "schedule.stop")
    return StoppedBody(sessions=1, people=stops.stop(actor, row, body.reason))


@routes.post("/leaves")
@operation("schedule.stop", summary="登记医生休假，门诊都停", tag="排班", body=LeaveIn, answer=StoppedBody, status=201)
def enter_leave(actor: Actor, body: LeaveIn) -> StoppedBody:
    if actor.institution is None:
        raise Forbidden("no_house", "请先选在哪家医院上班。")
    here = session().scalar(
        select(Practitioner.id)
        .join(
            PractitionerRole,
            (PractitionerRole.county_id == Practitioner.county_id)
            & (PractitionerRole.practitioner_id == Practitioner.id),
        )
        .where(
            Practitioner.county_id == actor.county_id,
            Practitioner.id == body.practitioner_id,
            PractitionerRole.institution == actor.institution,
        )
        .limit(1)
    )
    if here is None:
        raise NotFound("no_such_doctor", "本院没有这位医生，请重新选。")
    sessions, people = stops.take_leave(
        actor, body.practitioner_id, actor.institution, body.from_on, body.until_on, body.reason
    )
    return StoppedBody(sessions=sessions, people=people)

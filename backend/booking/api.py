"""HTTP of places and beds: choose, book, change, show."""

from uuid import UUID

from flask import Blueprint, Response

from backend.booking import (
    at_once,
    exam_api,
    open_places,
    queries,
    queries_beds,
    queries_open,
    schedule_api,
    service,
    staff_api,
    wait_api,
)
from backend.booking.calendar_file import calendar_file
from backend.booking.models import Appointment
from backend.booking.schemas import (
    AppointmentBody,
    DepartmentCodes,
    HouseQuery,
    OpenPlacesBody,
    OpenPlacesQuery,
    PlaceIn,
    PlacesBody,
    PlacesQuery,
    TakeIn,
)
from backend.booking.schemas_beds import BedBody
from backend.booking.slip import slip
from backend.booking.views import appointment_body, places_body
from backend.booking.views_beds import bed_body
from backend.booking.views_open import open_places_body
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.referrals.models import Referral
from backend.store import access, clock
from backend.web.operations import expected_version, operation
from backend.web.paging import Page, PageQuery, fetch_page

routes = Blueprint("booking", __name__, url_prefix="/api/v1")
for part in (staff_api, wait_api, schedule_api, exam_api):
    routes.register_blueprint(part.routes)


@routes.get("/referrals/<uuid:referral_id>/places")
@operation("appointment.book", summary="这次转诊能约的优先号", tag="预约", query=PlacesQuery, answer=PlacesBody)
def list_places(actor: Actor, referral_id: UUID, query: PlacesQuery) -> PlacesBody:
    referral = access.authorize(Referral, referral_id, actor, "appointment.book")
    if query.appointment_id is not None:
        moved = access.authorize(Appointment, query.appointment_id, actor, "appointment.change")
        if moved.referral_id == referral.id and moved.order_id is None:
            return places_body(referral, actor, moved)
    service.require_bookable(referral)
    return places_body(referral, actor)


@routes.post("/referrals/<uuid:referral_id>/appointment")
@operation(
    "appointment.book",
    summary="约一个转诊优先号",
    tag="预约",
    body=PlaceIn,
    answer=AppointmentBody,
    status=201,
    at_once=at_once.book,
)
def book(actor: Actor, referral_id: UUID, body: PlaceIn) -> AppointmentBody:
    referral = access.authorize(Referral, referral_id, actor, "appointment.book")
    made = service.book(actor, referral, body.slot_id)
    return appointment_body(queries.appointment(actor.county_id, made), actor)


@routes.get("/places")
@operation("place.read", summary="不用转诊就能约的号", tag="预约", query=OpenPlacesQuery, answer=OpenPlacesBody)
def list_open_places(actor: Actor, query: OpenPlacesQuery) -> OpenPlacesBody:
    whom = actor.subject_id
    if query.resident_id is not None:
        whom = access.authorize(Resident, query.resident_id, actor, "appointment.take").id
    return open_places_body(actor, query, whom)


@routes.get("/place-departments")
@operation("place.read", summary="一家医院哪些科能预约", tag="预约", query=HouseQuery, answer=DepartmentCodes)
def list_departments(actor: Actor, query: HouseQuery) -> DepartmentCodes:
    return DepartmentCodes(items=list(queries_open.departments_with_clinics(actor.county_id, query.institution)))


@routes.post("/appointments")
@operation(
    "appointment.take",
    summary="先占一个号（不用转诊的），限时确认",
    tag="预约",
    body=TakeIn,
    answer=AppointmentBody,
    status=201,
)
def take(actor: Actor, body: TakeIn) -> AppointmentBody:
    whom = body.resident_id or actor.subject_id
    if whom is None:
        raise Invalid("nobody", "请先说给谁约：连上自己的健康档案，或者选一位家人。")
    resident = access.authorize(Resident, whom, actor, "appointment.take")
    row = queries.appointment(actor.county_id, open_places.take(actor, resident, body.slot_id))
    if body.confirm:
        open_places.confirm(actor, row, row.version)
    return appointment_body(row, actor, image=True)


@routes.post("/appointments/<uuid:appointment_id>/confirm")
@operation("appointment.change", summary="确认占的号", tag="预约", answer=AppointmentBody)
def confirm(actor: Actor, appointment_id: UUID) -> AppointmentBody:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.change")
    open_places.confirm(actor, row, expected_version() or row.version)
    return appointment_body(row, actor, image=True)


@routes.post("/appointments/<uuid:appointment_id>/grant")
@operation("appointment.grant", summary="服务台确认一个等着确认的号", tag="预约", answer=AppointmentBody)
def grant(actor: Actor, appointment_id: UUID) -> AppointmentBody:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.grant")
    open_places.grant(actor, row, expected_version() or row.version)
    return appointment_body(row, actor)


@routes.get("/appointments")
@operation("appointment.read", summary="预约，新的在前", tag="预约", query=PageQuery, answer=Page[AppointmentBody])
def list_appointments(actor: Actor, query: PageQuery) -> Page[AppointmentBody]:
    rows, cursor = fetch_page(access.scoped_query(Appointment, actor, "appointment.read"), Appointment.id, query)
    return Page[AppointmentBody](items=[appointment_body(row, actor) for row in rows], next_cursor=cursor)


@routes.get("/appointments/<uuid:appointment_id>")
@operation("appointment.read", summary="一个预约：几点、在哪、带什么、报到码", tag="预约", answer=AppointmentBody)
def read_appointment(actor: Actor, appointment_id: UUID) -> AppointmentBody:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.read")
    return appointment_body(row, actor, image=True)


@routes.post("/appointments/<uuid:appointment_id>/cancel")
@operation("appointment.change", summary="退号", tag="预约", answer=AppointmentBody)
def cancel(actor: Actor, appointment_id: UUID) -> AppointmentBody:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.change")
    service.cancel_by(actor, row, expected_version() or row.version)
    return appointment_body(row, actor)


@routes.post("/appointments/<uuid:appointment_id>/move")
@operation("appointment.change", summary="改时间", tag="预约", body=PlaceIn, answer=AppointmentBody)
def move(actor: Actor, appointment_id: UUID, body: PlaceIn) -> AppointmentBody:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.change")
    service.move(actor, row, body.slot_id, expected_version() or row.version)
    return appointment_body(row, actor, image=True)


@routes.get("/appointments/<uuid:appointment_id>/calendar.ics")
@operation("appointment.read", summary="加到手机日历", tag="预约", media_type="text/calendar")
def calendar(actor: Actor, appointment_id: UUID) -> Response:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.read")
    text = calendar_file(appointment_body(row, actor), clock.now())
    return Response(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"'},
    )


@routes.get("/appointments/<uuid:appointment_id>/slip.pdf")
@operation("appointment.read", summary="给没有手机的人：打印一张小条", tag="预约", media_type="application/pdf")
def print_slip(actor: Actor, appointment_id: UUID) -> Response:
    row = access.authorize(Appointment, appointment_id, actor, "appointment.read")
    return Response(
        slip(appointment_body(row, actor, image=True)),
        mimetype="application/pdf",
        headers={"Content-Disposition": 'inline; filename="appointment.pdf"'},
    )


@routes.get("/referrals/<uuid:referral_id>/bed")
@operation("bed.read", summary="这次转诊问的床位", tag="预约", answer=BedBody)
def read_bed(actor: Actor, referral_id: UUID) -> BedBody:
    referral = access.authorize(Referral, referral_id, actor, "bed.read")
    row = queries_beds.bed_of_referral(actor.county_id, referral.id)
    if row is None:
        raise NotFound("no_bed_asked", "这次转诊没有问床位。")
    return bed_body(row, actor)

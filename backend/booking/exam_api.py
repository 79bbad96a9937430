"""HTTP of examinations: what there is, the doctor's order, the times, booking one."""

from uuid import UUID

from flask import Blueprint

from backend.alliance.queries import pack
from backend.booking import examinations, queries, views_exam
from backend.booking.schedule_schemas import (
    ExaminationPlacesBody,
    ExaminationPlacesQuery,
    ExaminationsBody,
    OrderBody,
    OrderIn,
    OrdersBody,
    TimeIn,
)
from backend.booking.schemas import AppointmentBody
from backend.booking.views import appointment_body
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records import orders
from backend.records.models_orders import ExaminationOrder
from backend.referrals.models import Referral
from backend.store import access
from backend.web.operations import expected_version, operation

routes = Blueprint("examinations", __name__)


@routes.get("/examinations")
@operation("place.read", summary="能约的检查：在哪做、怎么准备、多少钱", tag="检查", answer=ExaminationsBody)
def list_examinations(actor: Actor) -> ExaminationsBody:
    return views_exam.examinations_body(pack(actor.county_id))


@routes.post("/residents/<uuid:resident_id>/orders")
@operation("order.write", summary="开一张检查单", tag="检查", body=OrderIn, answer=OrderBody, status=201)
def place_order(actor: Actor, resident_id: UUID, body: OrderIn) -> OrderBody:
    resident = access.authorize(Resident, resident_id, actor, "order.write")
    if body.referral_id is not None:
        referral = access.authorize(Referral, body.referral_id, actor, "appointment.book")
        if referral.resident_id != resident.id:
            raise Invalid("other_person", "这次转诊不是这位病人的，请核对。")
    new = orders.NewOrder(
        body.item,
        body.reason,
        tuple(body.answers),
        body.in_stay,
        body.referral_id,
        body.repeat_reason or None,
        body.repeat_note,
    )
    return views_exam.order_body(orders.place_order(actor, resident, new), actor)


@routes.get("/residents/<uuid:resident_id>/orders")
@operation("order.list", summary="检查单，新的在前", tag="检查", answer=OrdersBody)
def list_orders(actor: Actor, resident_id: UUID) -> OrdersBody:
    resident = access.authorize(Resident, resident_id, actor, "order.list")
    rows = orders.orders_of(actor.county_id, resident.id)
    return OrdersBody(items=[views_exam.order_body(row, actor) for row in rows])


@routes.get("/orders/<uuid:examination_order_id>")
@operation("order.read", summary="一张检查单：怎么准备、约在几点", tag="检查", answer=OrderBody)
def read_order(actor: Actor, examination_order_id: UUID) -> OrderBody:
    return views_exam.order_body(access.authorize(ExaminationOrder, examination_order_id, actor, "order.read"), actor)


@routes.post("/orders/<uuid:examination_order_id>/revoke")
@operation("order.revoke", summary="撤回检查单，约的时间也退掉", tag="检查", answer=OrderBody)
def revoke(actor: Actor, examination_order_id: UUID) -> OrderBody:
    row = access.authorize(ExaminationOrder, examination_order_id, actor, "order.revoke")
    orders.revoke(actor, row, expected_version() or row.version)
    return views_exam.order_body(row, actor)


@routes.get("/orders/<uuid:examination_order_id>/places")
@operation(
    "order.book",
    summary="这张检查单能约的时间",
    tag="检查",
    query=ExaminationPlacesQuery,
    answer=ExaminationPlacesBody,
)
def list_places(actor: Actor, examination_order_id: UUID, query: ExaminationPlacesQuery) -> ExaminationPlacesBody:
    row = access.authorize(ExaminationOrder, examination_order_id, actor, "order.book")
    if all(entry.code != query.institution for entry in pack(actor.county_id).institutions.institutions):
        raise NotFound("no_such_institution", "没有这家医院，请重新选。")
    item = examinations.require_offered(row, query.institution)
    return views_exam.places_body(row, item, query.institution)


@routes.post("/orders/<uuid:examination_order_id>/appointment")
@operation("order.book", summary="约检查时间", tag="检查", body=TimeIn, answer=AppointmentBody, status=201)
def book(actor: Actor, examination_order_id: UUID, body: TimeIn) -> AppointmentBody:
    row = access.authorize(ExaminationOrder, examination_order_id, actor, "order.book")
    made = examinations.book(actor, row, body.slot_id)
    return appointment_body(queries.appointment(actor.county_id, made), actor, image=True)

"""Hooks booking into an app: whose own a place is, and what the database's refusals mean."""

from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, exists, false

from backend.booking.demo import write_bookings
from backend.booking.models import Appointment
from backend.booking.printed_place import printed_place
from backend.kernel.permissions import Relation
from backend.kernel.roles import Actor
from backend.people.demo.steps import register_step
from backend.records.models_orders import ExaminationOrder
from backend.referrals.models import Referral
from backend.referrals.places import register_place
from backend.store import access
from backend.web import problems

_ALREADY = ("already_booked", "刚才已经约好了一个号，请看「我的预约」。要换时间，请在那里改。")


def _of_treating_doctor(model: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.practitioner_id is None:
        return false()
    by_referral = exists().where(
        Referral.county_id == model.county_id,
        Referral.id == model.referral_id,
        Referral.practitioner_id == actor.practitioner_id,
    )
    if model is not Appointment:
        return by_referral
    by_order = exists().where(
        ExaminationOrder.county_id == model.county_id,
        ExaminationOrder.id == model.order_id,
        ExaminationOrder.practitioner_id == actor.practitioner_id,
    )
    return by_referral | by_order


def install(app: Flask) -> None:
    """Say whose own a place is, and in Chinese what each unique index forbids: a race ends here."""
    del app
    register_step("booking", write_bookings)
    register_place(printed_place)
    for table in ("appointment", "bed_request", "waitlist_entry"):
        access.register_relation(Relation.OWN, _of_treating_doctor, table=table)
    problems.CONSTRAINTS.update(
        {
            "uq_appointment_live_slot": _ALREADY,
            "uq_appointment_live_referral": _ALREADY,
            "uq_appointment_live_day": _ALREADY,
            "uq_appointment_hold": ("hold_open", "刚才已经占了一个号，请先确认或放弃那一个。"),
            "uq_appointment_seat": (
                "booking_at_once",
                "刚才同时约了两个号，只算先到的一个。请看「我的预约」，再约要再点一次。",
            ),
            "uq_appointment_proxy_seat": ("booking_at_once", "刚才同时约了两个号，只算先到的一个，再约要再点一次。"),
            "uq_waitlist_entry_live": ("already_waiting", "已经在这个科候补了，不用再点。"),
            "uq_appointment_live_order": ("already_booked", "这张检查单已经约好了，请看「我的预约」。"),
            "uq_examination_order_active": ("already_ordered", "这项检查已经开过单了，还没做；要改先撤回那一张。"),
            "uq_schedule_template_code": ("same_code", "这个编号刚被别人排过，请刷新再看。"),
            "ck_slot_capacity": ("place_full", "这个号刚被约走，请选别的时间。"),
            "uq_bed_request_live": ("bed_already_asked", "这次转诊已经问过床位了，请等医院答复。"),
            "uq_bed_request_bed": ("bed_taken", "这张床已经留给别的病人了，请换一张；这位病人还排着。"),
            "uq_bed_request_kept": ("bed_at_once", "刚才同时留了两张床，只算先到的一张，请再点一次。"),
        }
    )

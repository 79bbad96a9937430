"""Examinations as something to book: an order, the preparation, and the referred patient's discount. XM-5.4b."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.booking import Examination
from backend.alliance.queries import pack, source_lookup
from backend.booking import queries, queries_open, refusals, within
from backend.booking.codes import new_code
from backend.booking.events import AppointmentBooked, AppointmentSubmitted
from backend.booking.instants import say
from backend.booking.models import Appointment
from backend.booking.open_places import ask_desk, working_deadline
from backend.booking.rules import EXAMINE as RULES
from backend.booking.rules import ExaminationFacts
from backend.booking.running import hint, run
from backend.booking.statements_exam import EXAMINE
from backend.booking.states import AppointmentStatus, SlotPool
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, LiandongError, NotFound, RuleBroken
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.kernel.sources import Source
from backend.records.models_orders import ExaminationOrder
from backend.records.states import OrderStatus
from backend.referrals.models import Referral
from backend.referrals.queries import bookable, last_day
from backend.referrals.states import ReferralStatus
from backend.store import clock
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class Price:
    """What an examination costs, and what a referred patient saves; whole fen, and whose rule it is."""

    full_fen: int
    off_fen: int
    sample: bool
    source: Source | None


def book(actor: Actor, order: ExaminationOrder, slot_id: UUID) -> UUID:
    """Take a time for an ordered examination. Returns the appointment's id.

    Raises Conflict (full, booked already) or RuleBroken (order over, not done there, not let go yet).
    """
    county = pack(actor.county_id)
    by_hand = county.booking.confirmation("examination")
    found = queries.slot_with_session(actor.county_id, slot_id)
    if found is None:
        raise NotFound("no_such_place", "没有这个时间，请回上一页重新选。")
    made, waits = new_id(), by_hand.by == "desk"
    confirm_by = working_deadline(actor.county_id, found[1].institution, by_hand.limit_working_minutes)
    kind = AppointmentSubmitted if waits else AppointmentBooked
    row = run(
        EXAMINE,
        actor,
        kind(county_id=actor.county_id, appointment_id=made, resident_id=order.resident_id),
        order=order.id,
        slot=slot_id,
        appointment=made,
        status=AppointmentStatus.PENDING if waits else AppointmentStatus.BOOKED,
        confirm_by=confirm_by if waits else None,
        by_doctor=actor.subject_id != order.resident_id,
        code=new_code(),
    )
    if row is None:
        raise _why(order, slot_id)
    if waits:
        ask_desk(queries.appointment(actor.county_id, made), confirm_by)
    hint(actor.county_id, row.institution, order.resident_id, made)
    return made


def require_offered(order: ExaminationOrder, institution: str) -> Examination:
    """Return the examination, if that institution makes it. Raises RuleBroken with who does (XM-5.4e)."""
    item = pack(order.county_id).booking.examination(order.item)
    if item is None:
        raise NotFound("no_such_examination", "目录里已经没有这项检查，请医生重新开。")
    require(RULES, _facts(order, item, institution), source_lookup(order.county_id))
    return item


def price_of(county: Pack, item: Examination, *, referred: bool) -> Price:
    """Return the price, less the referred patient's discount where the county gives one."""
    discount = county.insurance.discount
    gives = referred and discount is not None and item.category in discount.categories
    if not gives or discount is None:
        return Price(item.price_fen, 0, item.sample, None)
    off = item.price_fen * discount.percent_off // 100
    return Price(item.price_fen, off, item.sample or discount.sample, county.source(discount.source))


def referred_to(order: ExaminationOrder) -> str | None:
    """Return the hospital that an order's referral leads to: the patient is there, or agreed to go and is awaited."""
    if order.referral_id is None:
        return None
    found = session().get(Referral, (order.county_id, order.referral_id))
    if found is not None and found.status == ReferralStatus.ARRIVED:
        return found.to_institution
    awaited = bookable(order.county_id, order.referral_id)
    return awaited.institution if awaited else None


def pools_of(order: ExaminationOrder, institution: str) -> tuple[SlotPool, ...]:
    """Return whose places somebody with this order may take there."""
    return (SlotPool.REFERRAL, SlotPool.GENERAL) if referred_to(order) == institution else (SlotPool.GENERAL,)


def times_of(order: ExaminationOrder, institution: str) -> list[Any]:
    """Return the times there that this order may have; what is kept for referred patients, within their certificate."""
    last = last_day(order.county_id, order.referral_id) if order.referral_id is not None else None
    rows = queries_open.examination_places(order.county_id, institution, order.item, pools_of(order, institution))
    return [row for row in rows if row.pool != SlotPool.REFERRAL or last is None or row.day <= last]


def appointment_of(order: ExaminationOrder) -> Appointment | None:
    """Return the live appointment of an order, or None."""
    return session().scalar(
        select(Appointment).where(
            Appointment.county_id == order.county_id,
            Appointment.order_id == order.id,
            Appointment.status.in_(queries.LIVE),
        )
    )


def _facts(order: ExaminationOrder, item: Examination, institution: str, opens: str | None = None) -> ExaminationFacts:
    names = pack(order.county_id).institutions
    return ExaminationFacts(
        live=order.status == OrderStatus.ACTIVE and order.until_on >= local_day(clock.now()),
        name=item.name,
        here=names.institution(institution).short_name,
        offered=institution in item.institutions,
        elsewhere="、".join(names.institution(code).short_name for code in item.institutions),
        opens=opens,
    )


def _why(order: ExaminationOrder, slot_id: UUID) -> LiandongError:
    session().refresh(order)
    found = queries.slot_with_session(order.county_id, slot_id)
    item = pack(order.county_id).booking.examination(order.item)
    if found is None or item is None or found[1].item != order.item:
        return NotFound("no_such_place", "这个时间不是做这项检查的，请回上一页重新选。")
    slot, on = found
    shut = slot.opens_at is not None and slot.opens_at > clock.now()
    try:
        opens = say(slot.opens_at) if shut and slot.opens_at else None
        require(RULES, _facts(order, item, on.institution, opens), source_lookup(order.county_id))
    except RuleBroken as broken:
        return broken
    mine = appointment_of(order)
    if mine is not None:
        return refusals.already(mine, "这张检查单已经约好了")
    if slot.pool == SlotPool.REFERRAL and referred_to(order) != on.institution:
        return Conflict("for_referred", "这个时间留给转诊来的病人，请选别的时间。")
    late = within.too_late(order.county_id, order.referral_id, on.day) if slot.pool == SlotPool.REFERRAL else None
    if late is not None:
        return late
    free = [
        row
        for row in times_of(order, on.institution)
        if row.left and (row.opens_at is None or row.opens_at <= clock.now())
    ]
    return refusals.gone(slot, on, free)

"""Why a place without a referral could not be taken or made sure: worked out after the statement said no."""

from uuid import UUID

from backend.alliance.queries import pack, source_lookup
from backend.booking import queries, queries_open, refusals, within
from backend.booking.instants import say
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.booking.rules import OPEN_PLACE, PRIORITY_PLACE, OpenFacts
from backend.booking.states import AppointmentStatus, SlotPool
from backend.contracts.queries import active_contract
from backend.kernel.errors import Conflict, LiandongError, NotFound, RuleBroken, Stale
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.people.hands import already
from backend.people.models import Resident
from backend.store import clock
from backend.store.db import session


def of_taking(actor: Actor, resident_id: UUID, slot_id: UUID, *, proxy: bool, house: str | None) -> LiandongError:
    """Return why TAKE found nothing to do."""
    county_id = actor.county_id
    found = queries.slot_with_session(county_id, slot_id)
    resident = session().get(Resident, (county_id, resident_id))
    if found is None or resident is None or found[0].pool == SlotPool.REFERRAL or found[1].kind == "examination":
        return NotFound("no_such_place", "没有这个号，请回上一页重新选。")
    slot, on = found
    try:
        facts = _facts(actor, resident, slot, on, proxy=proxy, house=house)
        require(OPEN_PLACE, facts, source_lookup(county_id))
    except RuleBroken as broken:
        return broken
    same_day = queries.live_on_day(county_id, resident_id, on.institution, on.department, on.day)
    if same_day is not None:
        return refusals.already(same_day, "这一天在这个科已经约好了")
    return refusals.place_gone(slot, on)


def of_promoting(appointment: Appointment, version: int, wanted: AppointmentStatus) -> LiandongError:
    """Return why a hold or a waiting place could not be made sure."""
    session().refresh(appointment)
    if appointment.ended_because == "hold_expired" or _ran_out(appointment):
        return Conflict("hold_expired", "占的时间过了，号已经退回。请重新选一个，还有的话马上能约上。")
    at_desk = wanted == AppointmentStatus.PENDING
    if appointment.status == AppointmentStatus.CANCELLED:
        told = "这个号已经退了。要看病请重新约。"
        return Conflict("already_cancelled", _already(appointment, "退了这个号") if at_desk else told)
    if appointment.status != wanted:
        told = "这个号已经确认过了，不用再点。"
        return Conflict("already_answered", _already(appointment, "确认过了") if at_desk else told)
    if appointment.version != version:
        return Stale("stale", "这个号刚被改过，请刷新看最新的。")
    if at_desk and appointment.starts_at <= clock.now():
        told = "约的时间已经过了，不能再确认。请用“换时间”跟病人另约；人就在面前的，到“今天到院”登记，照常看。"
        return Conflict("time_passed", told)
    return Conflict("busy", "这个号正有人在改，请过几秒再试。")


def of_accepting(appointment: Appointment, version: int, actor: Actor) -> LiandongError:
    """Return why an offered place could not be taken."""
    session().refresh(appointment)
    row = appointment
    ran_out = row.status == AppointmentStatus.OFFERED and row.held_until is not None and row.held_until <= clock.now()
    if row.ended_because == "offer_expired" or ran_out:
        waits = "这个号已经给下一位。您还在候补里，有号会再告诉您。"
        stopped = "这个号给了别人。不要紧，会有人打电话，跟您商量别的时间。"
        return Conflict("offer_expired", f"答复的时间过了，{stopped if row.wait_id is None else waits}")
    if row.status != AppointmentStatus.OFFERED:
        return Conflict("already_answered", "这个号已经答复过了，请看「我的预约」。")
    if row.version != version:
        return Stale("stale", "这个号刚被改过，请刷新看最新的。")
    late = within.too_late(row.county_id, row.referral_id, row.day)
    if row.replaces_id is not None:
        return late or Conflict("moved_on", "您原来的号已经改过了，这个不用再换。")
    if row.referral_id is not None:
        try:
            require(PRIORITY_PLACE, queries.track_facts(row.county_id, row.referral_id), source_lookup(row.county_id))
        except RuleBroken as broken:
            return broken
        if late is not None:
            return late
    if row.referral_id is None:
        limits = pack(row.county_id).booking.limits
        full = queries_open.seats_of(row.county_id, row.resident_id) >= limits.open_per_person
        others = queries_open.seats_by_proxy(row.county_id, actor.account_id) >= limits.open_by_proxy
        proxy = actor.resident_id != row.resident_id and actor.subject_id == row.resident_id
        most = limits.open_per_person if full else None
        facts = OpenFacts(
            True, True, False, False, None, None, most, limits.open_by_proxy if proxy and others else None
        )
        try:
            require(OPEN_PLACE, facts, source_lookup(row.county_id))
        except RuleBroken as broken:
            return broken
    return Conflict("busy", "这个号正有人在改，请过几秒再试。")


def _already(row: Appointment, done: str) -> str:
    return already(row.county_id, "appointment", row.id, done)


def _ran_out(row: Appointment) -> bool:
    return row.status == AppointmentStatus.HELD and row.held_until is not None and row.held_until <= clock.now()


def _facts(
    actor: Actor, resident: Resident, slot: Slot, on: ScheduleSession, *, proxy: bool, house: str | None
) -> OpenFacts:
    limits = pack(actor.county_id).booking.limits
    hold = queries_open.hold_of(actor.county_id, resident.id)
    full = queries_open.seats_of(actor.county_id, resident.id) >= limits.open_per_person
    full_by_proxy = proxy and queries_open.seats_by_proxy(actor.county_id, actor.account_id) >= limits.open_by_proxy
    shut = slot.opens_at is not None and slot.opens_at > clock.now()
    return OpenFacts(
        alive=resident.died_on is None,
        own_house=house in (None, on.institution),
        contract_needed=slot.pool == SlotPool.CONTRACT,
        contracted=active_contract(actor.county_id, resident.id) is not None,
        opens=say(slot.opens_at) if shut and slot.opens_at else None,
        held_until=say(hold.held_until) if hold and hold.held_until else None,
        most_per_person=limits.open_per_person if full else None,
        most_by_proxy=limits.open_by_proxy if full_by_proxy else None,
    )

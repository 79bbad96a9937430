"""Why a place could not be taken: worked out only after the statement said no, in words that help."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.alliance.queries import pack, source_lookup
from backend.booking import queries, within
from backend.booking.instants import say
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.booking.rules import PRIORITY_PLACE
from backend.booking.states import AppointmentStatus
from backend.kernel.errors import Conflict, LiandongError, NotFound, RuleBroken, Stale
from backend.kernel.rules import require
from backend.records.views import department_name
from backend.referrals.queries import Bookable, bookable, last_day
from backend.store import clock
from backend.store.db import session

_KEPT = "原来的号还给您留着。"
_MOVABLE = (AppointmentStatus.BOOKED, AppointmentStatus.PENDING)


def of_booking(county_id: str, referral_id: UUID, resident_id: UUID, slot_id: UUID) -> LiandongError:
    """Return why BOOK found nothing to do."""
    try:
        require(PRIORITY_PLACE, queries.track_facts(county_id, referral_id), source_lookup(county_id))
    except RuleBroken as broken:
        return broken
    found = queries.slot_with_session(county_id, slot_id)
    accepted = bookable(county_id, referral_id)
    if found is None or accepted is None or not accepts(accepted, found[1]):
        return NotFound("no_such_place", "这家医院没有这个转诊号，请回上一页重新选。")
    slot, on = found
    late = within.too_late(county_id, referral_id, on.day)
    if late is not None:
        return late
    place = queries.place_of_referral(county_id, referral_id)
    if place is not None and place.status == AppointmentStatus.ARRIVED:
        return Conflict("still_here", "今天已经报到了，看完再约下一次；着急的话请问转诊服务台。")
    if place is not None and AppointmentStatus(place.status) in queries.LIVE:
        return already(place, "这次转诊已经约好了")
    same_day = queries.live_on_day(county_id, resident_id, on.institution, on.department, on.day)
    if same_day is not None:
        return already(same_day, "这一天在这个科已经约好了")
    return place_gone(slot, on, until=last_day(county_id, referral_id))


def of_move(appointment: Appointment, slot_id: UUID, version: int) -> LiandongError:
    """Return why MOVE found nothing to do. The old place is still kept."""
    session().refresh(appointment)
    if appointment.version != version or appointment.status not in _MOVABLE:
        return of_change(appointment, version)
    found = queries.slot_with_session(appointment.county_id, slot_id)
    where = (appointment.institution, appointment.department)
    old = queries.slot_with_session(appointment.county_id, appointment.slot_id)
    assert old is not None
    if found is None:
        return NotFound("no_such_place", f"这个号没有了。请在页面上另选一个；{_KEPT}")
    if (found[1].institution, found[1].department) != where:
        return NotFound("no_such_place", _elsewhere(appointment))
    if (found[0].pool, found[1].item) != (old[0].pool, old[1].item):
        same = "转诊号、签约号、普通号、检查的时间不能互换，只能改成和原来一样的"
        return NotFound("no_such_place", f"{same}。请在页面上另选一个；{_KEPT}")
    slot, on = found
    if slot.opens_at is not None and slot.opens_at > clock.now():
        return Conflict("not_released", f"这个号{say(slot.opens_at)}才放出来。原来的号还给您留着。")
    late = within.too_late_to_move(appointment, on.day)
    if late is not None:
        return late
    if slot.id == appointment.slot_id:
        return Conflict("same_place", "现在约的就是这个时间，不用改。")
    same_day = queries.live_on_day(
        appointment.county_id, appointment.resident_id, on.institution, on.department, on.day
    )
    if same_day is not None and same_day.id != appointment.id and appointment.order_id is None:
        return already(same_day, "这一天在这个科已经约好了")
    return place_gone(slot, on, _KEPT, until=within.last_day_of(appointment))


def _elsewhere(appointment: Appointment) -> str:
    county = pack(appointment.county_id)
    house = county.institutions.institution(appointment.institution)
    phones = house.desk.phones if house.desk else house.phones
    department = department_name(county, appointment.department) or "原来的科"
    call = f"请打{house.short_name}服务台 {phones[0]}" if phones else f"请到{house.short_name}服务台"
    return f"改时间只能改到{house.short_name}{department}的号，这个号不是。要换科，{call}，或退了号重新约；{_KEPT}"


def of_change(appointment: Appointment, version: int) -> LiandongError:
    """Return why an appointment cannot be changed: it has moved on, or the page is old."""
    session().refresh(appointment)
    if appointment.status == AppointmentStatus.CANCELLED:
        return Conflict("already_cancelled", "这个号已经退了，不用再退。要看病请重新约。")
    if appointment.status in (AppointmentStatus.HELD, AppointmentStatus.OFFERED):
        return Conflict("not_sure_yet", "这个号还没确认。要就先确认，不要就放弃，再选别的。")
    if appointment.status not in _MOVABLE:
        return Conflict("already_arrived", "您已经到院报到了，要改请到转诊服务台。")
    if appointment.version != version:
        return Stale("stale", "这个号刚被改过，请刷新看最新的时间，再决定要不要改。")
    return Conflict("busy", "这个号正有人在改，请过几秒再试。")


def of_coming(appointment: Appointment) -> LiandongError:
    """Return why somebody cannot be checked in with this place; the desk receives them all the same."""
    session().refresh(appointment)
    if appointment.status in (AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED):
        number = f"，是 {appointment.queue_number} 号" if appointment.queue_number else ""
        return Conflict("already_arrived", f"已经报到过了{number}，不用再报。")
    if appointment.status == AppointmentStatus.CANCELLED:
        return Conflict("already_cancelled", "这个号已经退了。人来了照样接：看还有没有号，没有就加号。")
    return Conflict("not_confirmed", "这个号还没确认。请先点确认，再报到。")


def accepts(accepted: Bookable, on: ScheduleSession) -> bool:
    """Say whether a session is one that the hospital said yes to."""
    return on.institution == accepted.institution and accepted.department == on.department


def already(place: Appointment, why: str) -> LiandongError:
    """Return that there is one already, and which."""
    return Conflict(
        "already_booked",
        f"{why}：{say(place.starts_at)}。要换时间，请打开这个预约改时间。",
        extra={"appointment_id": str(place.id), "starts_at": place.starts_at.isoformat()},
    )


def place_gone(slot: Slot, on: ScheduleSession, kept: str = "", *, until: date | None = None) -> LiandongError:
    """Return that a place is full, stopped or over, with the nearest that are free and may be had."""
    free = queries.free_places(slot.county_id, on.institution, on.department, pool=slot.pool, until=until)
    return gone(slot, on, free, kept)


def gone(
    slot: Slot, on: ScheduleSession, free: Iterable[Any], kept: str = "", *, now: datetime | None = None
) -> LiandongError:
    """Return that a place is full, stopped or over, with the nearest of those that are free."""
    # The nearest in time to what was wanted, at most five.
    near = sorted(free, key=lambda row: (abs(row.starts_at - slot.starts_at), row.starts_at))[:5]
    nearby: list[dict[str, Any]] = [
        {"slot_id": str(row.id), "starts_at": row.starts_at.isoformat(), "left": row.left} for row in near
    ]
    code, what = "place_full", f"{say(slot.starts_at)} 的号刚被约走"
    if on.stopped_at is not None:
        code, what = "place_stopped", f"{say(slot.starts_at)} 这个门诊停了"
    elif slot.starts_at <= (now or clock.now()):
        code, what = "place_over", f"{say(slot.starts_at)} 已经过了"
    others = "、".join(say(row.starts_at) for row in near[:3])
    then = f"还有 {others}。" if near else "这些天都约满了：可以候补，有人退号就告诉您；急的话打转诊服务台电话。"
    return Conflict(code, f"{what}。{kept}{then}", extra={"nearby": nearby})

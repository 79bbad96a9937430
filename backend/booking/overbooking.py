"""An extra place by hand (加号), where a time is full: with a reason, a limit a time, and a trace."""

from typing import Any
from uuid import UUID

from backend.alliance.queries import pack, source_lookup
from backend.booking import queries, refusals, within
from backend.booking.codes import new_code
from backend.booking.events import AppointmentBooked, AppointmentSubmitted
from backend.booking.open_places import ask_desk, working_deadline
from backend.booking.rules import PRIORITY_PLACE
from backend.booking.rules_staff import OVERBOOK, OverFacts
from backend.booking.running import hint, run
from backend.booking.statements_staff import OVERBOOK as ADD
from backend.booking.states import AppointmentStatus
from backend.kernel.errors import Conflict, LiandongError, NotFound, RuleBroken
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import require
from backend.people.models import Resident

HOUSE = (Role.DESK_CLERK, Role.MEDICAL_OFFICE, Role.SPECIALIST, Role.DEPARTMENT_HEAD)
"""Whose hand is the hospital's own: what they add is sure. A doctor from elsewhere asks, and the desk says yes."""


def add(actor: Actor, resident: Resident, slot_id: UUID, reason: str, referral_id: UUID | None = None) -> UUID:
    """Add a place to a full time and book it. Returns the appointment's id.

    Raises RuleBroken (not full, no reason, enough added, another house, the referral's tracks are not there), Conflict
    (booked there already, over, or not the hospital that said yes to the referral).
    """
    found = queries.slot_with_session(actor.county_id, slot_id)
    if found is None:
        raise NotFound("no_such_place", "没有这个号，请回上一页重新选。")
    at_house = actor.has(*HOUSE)
    rule = pack(actor.county_id).booking.over_quota
    if rule.reason(reason) is None or (at_house and found[1].institution != actor.institution):
        raise _why(actor, resident.id, slot_id, reason, at_house=at_house)
    if referral_id is not None:
        require(PRIORITY_PLACE, queries.track_facts(actor.county_id, referral_id), source_lookup(actor.county_id))
        late = within.too_late(actor.county_id, referral_id, found[1].day)
        if late is not None:
            raise late
    made = new_id()
    about: dict[str, Any] = {"county_id": actor.county_id, "appointment_id": made, "resident_id": resident.id}
    confirm_by = None
    told: AppointmentBooked | AppointmentSubmitted = AppointmentBooked(referral_id=referral_id, **about)
    if not at_house:
        minutes = pack(actor.county_id).booking.confirmation("over_quota").limit_working_minutes
        confirm_by = working_deadline(actor.county_id, found[1].institution, minutes)
        told = AppointmentSubmitted(**about)
    row = run(
        ADD,
        actor,
        told,
        appointment=made,
        slot=slot_id,
        resident=resident.id,
        referral=referral_id,
        house=actor.institution if at_house else None,
        most=rule.most_per_time,
        reason=reason,
        status=AppointmentStatus.BOOKED if at_house else AppointmentStatus.PENDING,
        confirm_by=confirm_by,
        code=new_code(),
    )
    if row is None:
        raise _why(actor, resident.id, slot_id, reason, at_house=at_house)
    if confirm_by is not None:
        ask_desk(queries.appointment(actor.county_id, made), confirm_by)
    hint(actor.county_id, row.institution, resident.id, made)
    return made


def _why(actor: Actor, resident_id: UUID, slot_id: UUID, reason: str, *, at_house: bool) -> LiandongError:
    found = queries.slot_with_session(actor.county_id, slot_id)
    assert found is not None
    slot, on = found
    rule = pack(actor.county_id).booking.over_quota
    facts = OverFacts(
        full=slot.taken >= slot.capacity,
        most=rule.most_per_time,
        added=slot.over,
        reason_known=rule.reason(reason) is not None,
        own_house=not at_house or on.institution == actor.institution,
    )
    same_day = queries.live_on_day(actor.county_id, resident_id, on.institution, on.department, on.day)
    if same_day is not None:
        return refusals.already(same_day, "这一天在这个科已经约好了")
    try:
        require(OVERBOOK, facts, source_lookup(actor.county_id))
    except RuleBroken as broken:
        return broken
    if slot.stopped:
        return Conflict("place_stopped", "这个门诊停了，不能加号。")
    return Conflict("place_over", "这个门诊已经结束，或者这次转诊已经约好了、约的不是答应接的医院和科室。")

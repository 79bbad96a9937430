"""Taking a place, moving it, giving it back. Each is one statement; why not is worked out afterwards."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.alliance.queries import pack, source_lookup
from backend.booking import displaced, queries, refusals, statements, wait_list
from backend.booking.codes import new_code
from backend.booking.coming import settle_seen
from backend.booking.events import AppointmentBooked, AppointmentCancelled, AppointmentMoved
from backend.booking.models import Appointment, ScheduleSession, WaitlistEntry
from backend.booking.offers import offer_freed
from backend.booking.rules import CHANGE, PRIORITY_PLACE, ChangeFacts
from backend.booking.running import hint, run
from backend.booking.states import APPOINTMENTS, AppointmentAction, AppointmentStatus
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role, system_actor
from backend.kernel.rules import require
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import session
from backend.worklist.service import close_tasks

_NOT_SURE = (AppointmentStatus.HELD, AppointmentStatus.OFFERED, AppointmentStatus.PENDING)


def require_bookable(referral: Referral) -> None:
    """Raise RuleBroken with every track that is missing, unless a priority place may be booked now."""
    facts = queries.track_facts(referral.county_id, referral.id)
    require(PRIORITY_PLACE, facts, source_lookup(referral.county_id))


def book(actor: Actor, referral: Referral, slot_id: UUID) -> UUID:
    """Take a place of the referral pool, for oneself or for the patient; it is confirmed at once. Returns its id.

    Raises Conflict (full, already booked, over) or RuleBroken (not bookable yet), with what to do instead.
    """
    settle_seen(referral)
    appointment_id = new_id()
    told = AppointmentBooked(
        county_id=actor.county_id,
        appointment_id=appointment_id,
        resident_id=referral.resident_id,
        referral_id=referral.id,
    )
    row = run(
        statements.BOOK,
        actor,
        told,
        appointment=appointment_id,
        slot=slot_id,
        referral=referral.id,
        by_doctor=actor.subject_id != referral.resident_id,
        code=new_code(),
    )
    if row is None:
        raise refusals.of_booking(actor.county_id, referral.id, referral.resident_id, slot_id)
    hint(actor.county_id, row.institution, referral.resident_id, appointment_id)
    return appointment_id


def move(actor: Actor, appointment: Appointment, slot_id: UUID, version: int) -> None:
    """Move an appointment to another place; the old one is kept until the new one is sure.

    Raises Conflict when the new place is gone or the appointment has moved on, Stale for an old version.
    """
    _still(actor, appointment, version, AppointmentAction.MOVE)
    _in_time(actor, appointment)
    told = AppointmentMoved(
        county_id=actor.county_id,
        appointment_id=appointment.id,
        resident_id=appointment.resident_id,
        referral_id=appointment.referral_id,
    )
    row = run(statements.MOVE, actor, told, appointment=appointment.id, slot=slot_id, version=version)
    if row is None:
        raise refusals.of_move(appointment, slot_id, version)
    settled(appointment)
    offer_freed(actor.county_id, [row.old_slot])
    session().refresh(appointment)
    hint(actor.county_id, appointment.institution, appointment.resident_id, appointment.id)


def cancel_by(actor: Actor, appointment: Appointment, version: int) -> None:
    """End an appointment as whoever asks: the person, a doctor for them, or the desk. Raises as `cancel` does."""
    _still(actor, appointment, version, AppointmentAction.CANCEL)
    _in_time(actor, appointment)
    at_desk = actor.has(Role.DESK_CLERK, Role.MEDICAL_OFFICE)
    because = "self" if _is_family(actor, appointment) else "desk" if at_desk else "doctor"
    if appointment.status == AppointmentStatus.HELD:
        because = "hold_dropped"  # nobody was told of it yet
    if appointment.status == AppointmentStatus.OFFERED:
        because = "declined"  # as when it is said on the phone: they wait on
    cancel(actor, appointment, version, because)


def cancel(
    actor: Actor,
    appointment: Appointment,
    version: int,
    because: str,
    *,
    reason: str | None = None,
    instead: str | None = None,
) -> None:
    """End an appointment and give its place back. Raises Conflict or Stale when somebody was faster.

    `reason` and `instead` are the desk's: why, and where to go (`ending` asks for them).
    """
    _still(actor, appointment, version, AppointmentAction.CANCEL)
    told = AppointmentCancelled(
        county_id=actor.county_id,
        appointment_id=appointment.id,
        resident_id=appointment.resident_id,
        referral_id=appointment.referral_id,
        because=because,
    )
    row = run(
        statements.CANCEL,
        actor,
        told,
        appointment=appointment.id,
        version=version,
        because=because,
        reason=reason,
        instead=instead,
    )
    if row is None:
        raise refusals.of_change(appointment, version)
    settled(appointment)
    close_tasks(appointment.county_id, ("appointment", appointment.id), "not_needed")
    if appointment.replaces_id is not None:
        # The other time did not suit: a person phones, and it is on the desk's list before anybody is told so.
        displaced.find_again(appointment.county_id, appointment.replaces_id)
    wait_list.end_of_appointment(appointment)
    # In the same transaction: nobody sees the freed place before whoever waits for it has been offered it.
    offer_freed(actor.county_id, [row.slot_id])
    session().refresh(appointment)
    hint(actor.county_id, appointment.institution, appointment.resident_id, appointment.id)


def end(row: Appointment, because: str) -> None:
    """End an appointment for the house itself, as it stands now: its session was stopped, or another place is taken."""
    session().refresh(row, with_for_update=True)
    if (AppointmentStatus(row.status), AppointmentAction.CANCEL) in APPOINTMENTS.moves:
        cancel(system_actor(row.county_id), row, row.version, because)


def leave_wait(actor: Actor, entry: WaitlistEntry, because: str) -> None:
    """Take somebody off the wait list; what was offered to them goes on to the next. Who is off it already stays so."""
    offer = queries.offer_of_wait(entry.county_id, entry.id)
    if offer is not None:
        # Before the entry, in the order in which it is accepted and runs out: no two wait for each other.
        session().refresh(offer, with_for_update=True)
    if not wait_list.leave(actor, entry, because):
        return
    offer = queries.offer_of_wait(entry.county_id, entry.id)  # also one that was being made until now
    if offer is not None:
        end(offer, "left")


def settled(appointment: Appointment) -> None:
    """Take back what was open about an appointment that has another place now, or none: the call, and other offers."""
    displaced.settle(appointment.county_id, appointment.id)
    offer = queries.offer_instead_of(appointment.county_id, appointment.id)
    if offer is not None:
        end(offer, "settled")


def give_back(county_id: str, referral_id: UUID, *, unless: str | None = None) -> None:
    """Give back the place of a referral that ended without the patient having gone, or is turned to another hospital.

    What is kept at the hospital `unless` stays. Nothing to give is no error.
    """
    wait_list.end_of_referral(county_id, referral_id, unless=unless)
    # Each row is locked first: a move at the same moment would raise its version.
    for place in queries.places_of_referral(county_id, referral_id):
        if place.institution != unless:
            end(place, "referral_ended")


def give_back_elsewhere(county_id: str, referral_id: UUID, department: str) -> None:
    """Give back what a referral has in a department other than the one that said yes now. Its patient is told.

    An examination is ordered for itself, whichever department asked, and stays.
    """
    wait_list.end_of_referral(county_id, referral_id, unless_department=department)
    for place in queries.places_of_referral(county_id, referral_id):
        if place.department != department and place.order_id is None:
            end(place, "doctor")


def _still(actor: Actor, appointment: Appointment, version: int, action: AppointmentAction) -> None:
    # Roles by the table; a status that does not fit gets the words of this room. The statement judges again.
    if (AppointmentStatus(appointment.status), action) not in APPOINTMENTS.moves:
        raise refusals.of_change(appointment, version)
    APPOINTMENTS.next(AppointmentStatus(appointment.status), action, actor)


def in_time(actor: Actor, appointment: Appointment, on: ScheduleSession, now: datetime) -> bool:
    """Say whether this person may still change it alone. Staff always may: who rings up late is helped."""
    if not _is_family(actor, appointment) or appointment.status in _NOT_SURE:
        return True
    if on.stopped_at is not None:
        return True  # it is not the patient who changes it
    hours = pack(appointment.county_id).booking.cancel.until_hours_before
    return appointment.starts_at - now >= timedelta(hours=hours)


def _is_family(actor: Actor, appointment: Appointment) -> bool:
    # Whose it is decides, not whom the request was said to be for: a clerk is no stranger to their mother's place.
    return actor.is_kin(appointment.resident_id)


def _in_time(actor: Actor, appointment: Appointment) -> None:
    still = in_time(actor, appointment, queries.session_of(appointment), clock.now())
    facts = ChangeFacts(still, pack(appointment.county_id).booking.cancel.late_text)
    require(CHANGE, facts, source_lookup(appointment.county_id))

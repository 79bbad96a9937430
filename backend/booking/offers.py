"""Freed places are offered, by clinical priority and then by time; what nobody answers goes on to the next.

An offer is made in the transaction that freed the place, so that nobody can snatch it in between.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.booking import displaced, refusals_open
from backend.booking.answering import answer_by
from backend.booking.codes import new_code
from backend.booking.events import AppointmentBooked, AppointmentMoved, AppointmentOffered
from backend.booking.models import Appointment
from backend.booking.running import hint, run
from backend.booking.statements_open import EXPIRE
from backend.booking.statements_wait import ACCEPT, ACCEPT_INSTEAD, OFFER, OFFER_INSTEAD
from backend.booking.states import APPOINTMENTS, AppointmentAction, AppointmentStatus
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, Role, system_actor
from backend.notices.service import cancel_notices
from backend.store import clock, events
from backend.store.db import session
from backend.worklist.service import close_tasks

_WAITED_FOR = text(
    """
    SELECT slot.id
    FROM waitlist_entry AS entry
    JOIN schedule_session AS session
      ON session.county_id = entry.county_id AND session.institution = entry.institution
     AND session.department = entry.department AND session.day BETWEEN entry.from_on AND entry.until_on
     AND session.stopped_at IS NULL AND session.starts_at > liandong_now() - interval '1 day'
    JOIN slot ON slot.county_id = session.county_id AND slot.session_id = session.id
     AND (slot.pool = entry.pool OR (entry.pool = 'contract' AND slot.pool = 'general'))
     AND slot.taken < slot.capacity AND slot.starts_at > liandong_now()
     AND (slot.opens_at IS NULL OR slot.opens_at <= liandong_now())
    WHERE entry.county_id = :county AND entry.status = 'waiting'
      AND NOT EXISTS (
        SELECT FROM appointment AS before
        WHERE before.county_id = :county AND before.wait_id = entry.id AND before.slot_id = slot.id)
      AND (entry.appointment_id IS NULL OR EXISTS (
        SELECT FROM appointment AS mine
        WHERE mine.county_id = :county AND mine.id = entry.appointment_id AND mine.starts_at > slot.starts_at))
    GROUP BY slot.id, slot.starts_at
    ORDER BY slot.starts_at, slot.id
    LIMIT 1000
    """
)


def offer_freed(county_id: str, slot_ids: Iterable[UUID]) -> int:
    """Offer what is free at these times to whoever waits for it. Returns how many offers were made."""
    made = 0
    for slot_id in sorted(set(slot_ids)):
        while _offer(county_id, OFFER, slot_id) is not None:
            made += 1
    return made


def offer_waited_for(current: Session, county_id: str) -> int:
    """Look through everything that is free and waited for: added places, and what a tick gave back."""
    return offer_freed(county_id, current.scalars(_WAITED_FOR, {"county": county_id}).all())


def offer_instead(row: Appointment, slot_id: UUID) -> UUID | None:
    """Offer another place to somebody whose session was stopped. Returns the offer, or None when it is gone."""
    return _offer(row.county_id, OFFER_INSTEAD, slot_id, replaces=row.id)


def accept(actor: Actor, row: Appointment, version: int) -> UUID:
    """Take an offered place. Returns the appointment that has it: where one is replaced, that one has moved.

    Raises Conflict when the offer has run out or was answered before, RuleBroken when the person has enough.
    """
    if row.status != AppointmentStatus.OFFERED:
        raise refusals_open.of_accepting(row, version, actor)
    APPOINTMENTS.next(AppointmentStatus.OFFERED, AppointmentAction.ACCEPT, actor)
    about: dict[str, Any] = {"county_id": row.county_id, "resident_id": row.resident_id, "referral_id": row.referral_id}
    if row.replaces_id is None:
        told: AppointmentBooked | AppointmentMoved = AppointmentBooked(appointment_id=row.id, **about)
        limits = pack(row.county_id).booking.limits
        done = run(
            ACCEPT,
            actor,
            told,
            appointment=row.id,
            version=version,
            most=limits.open_per_person,
            most_by_proxy=limits.open_by_proxy,
            proxy=by_proxy(actor, row.resident_id),
        )
    else:
        told = AppointmentMoved(appointment_id=row.replaces_id, **about)
        done = run(ACCEPT_INSTEAD, actor, told, appointment=row.id, version=version)
    if done is None:
        raise refusals_open.of_accepting(row, version, actor)
    quiet(row.county_id, row.id)
    if done.old_slot is not None:
        displaced.settle(row.county_id, done.id)
        offer_freed(row.county_id, [done.old_slot])
    hint(row.county_id, row.institution, row.resident_id, done.id)
    return UUID(str(done.id))


def by_proxy(actor: Actor, resident_id: UUID) -> bool:
    """Say whether somebody takes a place for a relative: those are counted on their own account too."""
    return actor.has(Role.RESIDENT) and actor.subject_id == resident_id and actor.resident_id != resident_id


def expire(county_id: str, slot_id: UUID | None = None) -> int:
    """Give back the places whose checkout or offer ran out, and offer them to the next. Returns how many."""
    rows = session().execute(EXPIRE, {"county": county_id, "slot": slot_id}).all()
    for row in rows:
        quiet(county_id, row.id)
        if row.replaces_id is not None:
            displaced.find_again(county_id, row.replaces_id)
        hint(county_id, row.institution, row.resident_id, row.id)
    offer_freed(county_id, [row.slot_id for row in rows])
    return len(rows)


def quiet(county_id: str, appointment_id: UUID) -> None:
    """Take back what is still to be told or phoned about an offer that was answered or ran out."""
    cancel_notices(county_id, ("appointment", appointment_id))
    close_tasks(county_id, ("appointment", appointment_id), "not_needed")


def _offer(county_id: str, statement: Any, slot_id: UUID, **values: Any) -> UUID | None:
    rules, made = pack(county_id).booking, new_id()
    try:
        with session().begin_nested():
            row = run(
                statement,
                system_actor(county_id),
                None,
                slot=slot_id,
                appointment=made,
                code=new_code(),
                until=answer_by(county_id, clock.now(), rules.waitlist.offer_minutes),
                notice=rules.waitlist.notice_minutes,
                **values,
            )
    except IntegrityError as error:
        # Offered something else at this very moment: that is answered first, and the tick offers this place on.
        if "uq_appointment_offer" not in str(error.orig):
            raise
        return None
    if row is None:
        return None
    events.publish(AppointmentOffered(county_id=county_id, appointment_id=made, resident_id=row.resident_id))
    hint(county_id, row.institution, row.resident_id, made)
    return made

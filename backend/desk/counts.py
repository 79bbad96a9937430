"""How many wait on each page, for the numbers in the bar."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.sql import Select

from backend.booking.models import Appointment, WaitlistEntry
from backend.booking.models_beds import BedRequest
from backend.booking.states import OPEN_BEDS, AppointmentStatus, BedStatus
from backend.booking.wait_list import OPEN
from backend.desk import beds_today, stopped_rows, told_rows
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.oversight.models_audit import ReferralAudit
from backend.oversight.states import AuditStatus
from backend.referrals.answers import waiting_for
from backend.referrals.models import ReferralAnswer
from backend.referrals.states import QUESTIONS
from backend.store import access, clock
from backend.store.db import session


def to_answer(actor: Actor) -> int:
    """Return how many questions wait for an answer of this house, and how many calls and results due stand above."""
    questions = _count(waiting_for(actor).where(ReferralAnswer.status.in_(QUESTIONS)))
    return questions + _count(stopped_rows.open_calls(actor)) + sum(_count(query) for query in told_rows.strips(actor))


def arriving_today(actor: Actor) -> int:
    """Return how many have a place or a bed here today and are not there yet."""
    today = local_day(clock.now())
    places = access.scoped_query(Appointment, actor, "appointment.read").where(
        Appointment.institution == actor.institution,
        Appointment.day == today,
        Appointment.status == AppointmentStatus.BOOKED,
    )
    return _count(places) + _count(beds_today.kept(actor, today))


def to_confirm(actor: Actor) -> int:
    """Return how many places wait for a yes of this desk."""
    waits = access.scoped_query(Appointment, actor, "appointment.grant")
    return _count(waits.where(Appointment.status == AppointmentStatus.PENDING))


def to_judge(actor: Actor) -> Select[ReferralAudit]:
    """Return the drawn referrals that this person may judge."""
    mine = access.scoped_query(ReferralAudit, actor, "referral_audit.review")
    return mine.where(ReferralAudit.status == AuditStatus.DRAWN)


def to_look_at(actor: Actor) -> int:
    """Return how many drawn referrals wait for a look of this person."""
    return _count(to_judge(actor))


def waiting(actor: Actor) -> int:
    """Return how many wait for a place at this house."""
    return _count(
        access.scoped_query(WaitlistEntry, actor, "waitlist.read").where(
            WaitlistEntry.institution == actor.institution, WaitlistEntry.status.in_(OPEN)
        )
    )


def beds_asked(actor: Actor) -> int:
    """Return how many beds are asked for and to be answered now; who waits for a day has been answered for now."""
    return _count(
        access.scoped_query(BedRequest, actor, "bed.read").where(
            BedRequest.institution == actor.institution,
            BedRequest.status.in_(OPEN_BEDS),
            BedRequest.status != BedStatus.WAITING,
        )
    )


def _count(query: Select[Any]) -> int:
    return int(session().scalar(select(func.count()).select_from(query.subquery())) or 0)

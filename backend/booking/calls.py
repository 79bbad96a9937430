"""A phone call about an offer, for people whom WeChat does not reach: they took it, declined it, or did not answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backend.booking import offers, refusals_open, service
from backend.booking.models import Appointment
from backend.booking.running import hint
from backend.booking.states import AppointmentStatus
from backend.kernel.roles import Actor
from backend.store import audit, clock
from backend.store.audit import AuditEvent
from backend.store.db import session

ACTION = "appointment.call"
OUTCOMES = ("took", "declined", "not_reached")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was made about an offer."""

    at: datetime
    outcome: str


def record(actor: Actor, row: Appointment, version: int, outcome: str) -> None:
    """Write a call down and do what was said: the offer is taken, goes on to the next, or still waits for an answer.

    Raises Conflict when the offer was answered or ran out meanwhile, and as `accept` and `cancel` do.
    """
    if row.status != AppointmentStatus.OFFERED:
        raise refusals_open.of_accepting(row, version, actor)
    if outcome == "took":
        offers.accept(actor, row, version)
    elif outcome == "declined":
        service.cancel(actor, row, version, "declined")
    # The audit's own time is the machine's; a call is told in the house's.
    audit.record(
        session(),
        actor,
        ACTION,
        "appointment",
        row.id,
        resident_id=row.resident_id,
        detail={"outcome": outcome, "at": clock.now().isoformat()},
    )
    hint(row.county_id, row.institution, row.resident_id, row.id)


def calls_about(county_id: str, appointment_id: UUID) -> Sequence[Call]:
    """Return the calls that were made about an offer, the newest first."""
    rows = session().scalars(
        select(AuditEvent.detail)
        .where(
            AuditEvent.county_id == county_id,
            AuditEvent.entity == "appointment",
            AuditEvent.entity_id == appointment_id,
            AuditEvent.action == ACTION,
        )
        .order_by(AuditEvent.sequence.desc())
    )
    return [Call(datetime.fromisoformat(one["at"]), one["outcome"]) for one in rows]

"""Whose hand was faster: told to whoever presses the same thing a moment later, so that they can ask each other."""

from uuid import UUID

from sqlalchemy import select

from backend.kernel.clock import SHANGHAI, local_day
from backend.people.models import Account, Practitioner
from backend.store import clock
from backend.store.audit import AuditEvent
from backend.store.db import session


def already(county_id: str, entity: str, entity_id: UUID, done: str) -> str:
    """Return the words for who came second: who did it first, and when. Colleagues of one house only ask for it."""
    return f"{_last(county_id, entity, entity_id) or '这个'}已经{done}，请刷新看最新的。"


def _last(county_id: str, entity: str, entity_id: UUID) -> str | None:
    # The newest line of all, then whose it is: a patient's own is nobody's name for the desk.
    row = session().execute(
        select(Practitioner.name, AuditEvent.created_at)
        .select_from(AuditEvent)
        .outerjoin(Account, (Account.county_id == AuditEvent.county_id) & (Account.id == AuditEvent.account_id))
        .outerjoin(
            Practitioner,
            (Practitioner.county_id == Account.county_id) & (Practitioner.id == Account.practitioner_id),
        )
        .where(
            AuditEvent.county_id == county_id,
            AuditEvent.entity == entity,
            AuditEvent.entity_id == entity_id,
            AuditEvent.to_status.is_not(None),
        )
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    )
    found = row.one_or_none()
    if found is None or found.name is None:
        return None
    local = found.created_at.astimezone(SHANGHAI)
    day = "" if local.date() == local_day(clock.now()) else f"{local.month}月{local.day}日"
    return f"{found.name} {day}{local:%H:%M} "

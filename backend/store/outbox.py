"""The outbox: what must still be done, written with the change that asks for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kernel.clock import machine_now
from backend.kernel.ids import new_id
from backend.store.base import Base, CountyRow

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8


class OutboxStatus(StrEnum):
    """Where a message stands. `dead` waits for a person; nothing is dropped."""

    DUE = "due"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class OutboxMessage(CountyRow, Base):
    """One piece of work for the relay, handled at least once, known by its dedupe key."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("uq_outbox_dedupe", "county_id", "dedupe_key", unique=True),
        Index(
            "ix_outbox_due",
            "run_at",
            "id",
            postgresql_where=text("status IN ('due', 'leased')"),
        ),
    )

    kind: Mapped[str]
    dedupe_key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(server_default=text("'due'"))
    run_at: Mapped[datetime] = mapped_column(server_default=text("now()"))  # machine time
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None]


def enqueue(
    current: Session,
    county_id: str,
    kind: str,
    dedupe_key: str,
    payload: dict[str, Any],
    *,
    run_at: datetime | None = None,
) -> None:
    """Put one message in; the same dedupe key a second time changes nothing."""
    values = {
        "county_id": county_id,
        "id": new_id(),
        "kind": kind,
        "dedupe_key": dedupe_key,
        "payload": payload,
    }
    if run_at is not None:
        values["run_at"] = run_at
    current.execute(insert(OutboxMessage).values(**values).on_conflict_do_nothing())


_CLAIM = text(
    """
    UPDATE outbox SET status = 'leased', attempts = attempts + 1, lease_until = :until
    WHERE (county_id, id) IN (
        SELECT county_id, id FROM outbox
        WHERE status IN ('due', 'leased') AND run_at <= now()
          AND (lease_until IS NULL OR lease_until < now())
        ORDER BY run_at, id LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING county_id, id, kind, payload, attempts
    """
)


class LeaseLost(Exception):
    """The message is another worker's by now: whatever was done for it in this transaction must not stay."""


class Claimed:
    """A message this worker may handle until its lease ends."""

    __slots__ = ("attempts", "county_id", "id", "kind", "payload")

    def __init__(self, county_id: str, id: UUID, kind: str, payload: dict[str, Any], attempts: int) -> None:
        self.county_id, self.id, self.kind = county_id, id, kind
        self.payload, self.attempts = payload, attempts


def claim(current: Session, batch: int) -> Sequence[Claimed]:
    """Lease up to `batch` due messages; expired leases are claimed again."""
    rows = current.execute(_CLAIM, {"until": machine_now() + LEASE, "batch": batch}).all()
    return [Claimed(*row) for row in rows]


def done(current: Session, message: Claimed) -> None:
    """Mark a message handled. Raises LeaseLost when it was claimed again meanwhile: once is enough."""
    if not _set(current, message, status=OutboxStatus.DONE, lease_until=None, last_error=None):
        raise LeaseLost(message.kind)


def failed(current: Session, message: Claimed, error: str) -> OutboxStatus:
    """Back off and try again, or set it aside for a person after MAX_ATTEMPTS."""
    if message.attempts >= MAX_ATTEMPTS:
        status = OutboxStatus.DEAD
        _set(current, message, status=status, lease_until=None, last_error=error[:500])
        return status
    wait = timedelta(seconds=min(2**message.attempts, 300))
    _set(
        current,
        message,
        status=OutboxStatus.DUE,
        lease_until=None,
        last_error=error[:500],
        run_at=machine_now() + wait,
    )
    return OutboxStatus.DUE


def _set(current: Session, message: Claimed, **values: Any) -> bool:
    # Only while the lease is still ours: a frozen worker must not undo another's result.
    changed = current.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.county_id == message.county_id,
            OutboxMessage.id == message.id,
            OutboxMessage.attempts == message.attempts,
        )
        .values(**values)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]

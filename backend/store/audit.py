"""The audit trail: rows written in the same transaction, never changed, chained by a tick."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kernel.clock import machine_now
from backend.kernel.roles import Actor
from backend.store.base import Base, CountyRow

GUARD = (
    """
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME; END $$
    """,
    """
    CREATE TRIGGER audit_event_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_batch_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_batch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)
UNGUARD = (
    "DROP TRIGGER IF EXISTS audit_event_fixed ON audit_event",
    "DROP TRIGGER IF EXISTS audit_batch_fixed ON audit_batch",
    "DROP FUNCTION IF EXISTS refuse_change()",
)


class AuditEvent(CountyRow, Base):
    """Who did what to which thing, from which status to which, by which rules."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_entity", "county_id", "entity", "entity_id"),
        Index("ix_audit_event_resident", "county_id", "resident_id", "sequence"),
        Index("ix_audit_event_horizon", "county_id", "transaction_id", "sequence"),
        # Lists only: a list asks for its own last trace, and the rows of other deeds pay nothing for it.
        Index(
            "ix_audit_event_list",
            "county_id",
            "account_id",
            "machine_at",
            postgresql_where=text("entity = 'list'"),
        ),
    )

    sequence: Mapped[int] = mapped_column(BigInteger, Identity())
    # The horizon of the chain: rows below pg_snapshot_xmin are final, no later commit precedes.
    transaction_id: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"))
    account_id: Mapped[UUID | None]
    acting_for: Mapped[UUID | None]
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[UUID | None]
    resident_id: Mapped[UUID | None]
    from_status: Mapped[str | None]
    to_status: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    machine_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class AuditBatch(CountyRow, Base):
    """A link of the chain: the digest of all rows up to a horizon and of the link before."""

    __tablename__ = "audit_batch"

    number: Mapped[int]
    horizon: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int]
    digest: Mapped[bytes]
    signature: Mapped[bytes]


LIST = "list"
"""What was read when it was a list of people, and no single thing."""


def seen_lately(
    current: Session, actor: Actor, action: str, entity: str, entity_id: UUID | None, detail: dict[str, Any]
) -> bool:
    """Say whether this account left such a row, with at least this detail, within the last hour."""
    query = select(AuditEvent.id).where(
        AuditEvent.county_id == actor.county_id,
        AuditEvent.account_id == actor.account_id,
        AuditEvent.action == action,
        AuditEvent.entity == entity,
        AuditEvent.entity_id.is_(None) if entity_id is None else AuditEvent.entity_id == entity_id,
        AuditEvent.detail.contains(detail),
        AuditEvent.machine_at > machine_now() - timedelta(hours=1),
    )
    return current.scalar(query.limit(1)) is not None


def record(
    current: Session,
    actor: Actor,
    action: str,
    entity: str,
    entity_id: UUID | None,
    *,
    resident_id: UUID | None = None,
    before: str | None = None,
    after: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one audit row in the present transaction. `detail` holds codes, never free text."""
    current.add(
        AuditEvent(
            county_id=actor.county_id,
            account_id=actor.account_id,
            acting_for=actor.acting_for,
            action=action,
            entity=entity,
            entity_id=entity_id,
            resident_id=resident_id,
            from_status=before,
            to_status=after,
            detail=detail or {},
        )
    )

"""The audit chain: a tick seals final rows in batches; verification finds any change."""

import hashlib
import hmac
from typing import Any

from sqlalchemy import BigInteger, Row, cast, func, select, text
from sqlalchemy.orm import Session

from backend.kernel.ids import new_id
from backend.store.audit import AuditBatch, AuditEvent
from backend.store.vault import vault

_FINAL = text("(pg_snapshot_xmin(pg_current_snapshot())::text)::bigint")
_COLUMNS = (
    AuditEvent.sequence,
    AuditEvent.id,
    AuditEvent.account_id,
    AuditEvent.acting_for,
    AuditEvent.action,
    AuditEvent.entity,
    AuditEvent.entity_id,
    AuditEvent.resident_id,
    AuditEvent.from_status,
    AuditEvent.to_status,
    AuditEvent.detail,
    AuditEvent.created_at,
    AuditEvent.transaction_id,
)


def seal_batch(current: Session, county_id: str) -> int:
    """Chain every row that is final by now and not chained. Returns how many; safe to repeat."""
    current.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('audit-chain-' || :c, 0))"),
        {"c": county_id},
    )
    last = _last(current, county_id)
    horizon = current.scalar(select(cast(_FINAL, BigInteger)))
    assert horizon is not None
    rows = _rows(current, county_id, last.horizon if last else 0, horizon)
    if not rows:
        return 0
    number = last.number + 1 if last else 1
    digest = _digest(last.digest if last else b"", county_id, number, rows)
    current.add(
        AuditBatch(
            id=new_id(),
            county_id=county_id,
            number=number,
            horizon=horizon,
            rows=len(rows),
            digest=digest,
            signature=_sign(county_id, number, digest),
        )
    )
    return len(rows)


def verify(current: Session, county_id: str) -> list[str]:
    """Return what does not fit, one line each; empty when nothing was touched."""
    problems: list[str] = []
    before, start = b"", 0
    batches = current.scalars(
        select(AuditBatch).where(AuditBatch.county_id == county_id).order_by(AuditBatch.number)
    ).all()
    for expected, batch in enumerate(batches, start=1):
        rows = _rows(current, county_id, start, batch.horizon)
        if batch.number != expected:
            problems.append(f"batch {expected} is missing")
        if len(rows) != batch.rows:
            problems.append(f"batch {batch.number}: {batch.rows} rows sealed, {len(rows)} found")
        if _digest(before, county_id, batch.number, rows) != batch.digest:
            problems.append(f"batch {batch.number}: its rows were changed")
        if not hmac.compare_digest(_sign(county_id, batch.number, batch.digest), batch.signature):
            problems.append(f"batch {batch.number}: its signature is not ours")
        before, start = batch.digest, batch.horizon
    return problems


def head(current: Session, county_id: str) -> tuple[int, str]:
    """Return number and digest of the last link, for the operator to keep elsewhere."""
    last = _last(current, county_id)
    return (last.number, last.digest.hex()) if last else (0, "")


def unchained(current: Session, county_id: str) -> int:
    """Return how many rows wait for the next tick."""
    last = _last(current, county_id)
    return (
        current.scalar(
            select(func.count())
            .select_from(AuditEvent)
            .where(
                AuditEvent.county_id == county_id,
                AuditEvent.transaction_id >= (last.horizon if last else 0),
            )
        )
        or 0
    )


def _last(current: Session, county_id: str) -> AuditBatch | None:
    return current.scalar(
        select(AuditBatch).where(AuditBatch.county_id == county_id).order_by(AuditBatch.number.desc()).limit(1)
    )


def _rows(current: Session, county_id: str, start: int, end: int) -> list[Row[Any]]:
    query = (
        select(*_COLUMNS)
        .where(
            AuditEvent.county_id == county_id,
            AuditEvent.transaction_id >= start,
            AuditEvent.transaction_id < end,
        )
        .order_by(AuditEvent.transaction_id, AuditEvent.sequence)
    )
    return list(current.execute(query).all())


def _digest(before: bytes, county_id: str, number: int, rows: list[Row[Any]]) -> bytes:
    digest = hashlib.sha256(before + f"|{county_id}|{number}|".encode())
    for row in rows:
        digest.update("\x1f".join(str(value) for value in row).encode())
        digest.update(b"\x1e")
    return digest.digest()


def _sign(county_id: str, number: int, digest: bytes) -> bytes:
    key = vault().derived("audit head v1")
    return hmac.digest(key, f"{county_id}|{number}|".encode() + digest, "sha256")

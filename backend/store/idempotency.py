"""Same key, same answer: the key is written in the transaction of the work itself."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Text, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kernel.clock import machine_now
from backend.kernel.errors import Conflict, Invalid
from backend.store.base import Base
from backend.store.vault import STATUTORY, vault

KEEP = timedelta(hours=48)


class IdempotencyRecord(Base):
    """What was answered under a key, sealed, for a limited time."""

    __tablename__ = "idempotency"

    county_id: Mapped[str] = mapped_column(Text(), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int | None]
    answer_sealed: Mapped[bytes | None]
    etag: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A kept answer: status, body bytes, ETag."""

    status: int
    body: bytes
    etag: str | None


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one key: whose, which, for which request."""

    county_id: str
    account_id: UUID
    key: str
    body_hash: bytes

    @property
    def bound(self) -> str:
        """Return what the sealed answer is bound to."""
        return bound(self.account_id, self.key)


def bound(account_id: UUID, key: str) -> str:
    """Return what an answer under a key is bound to when it is sealed."""
    return f"idempotency|{account_id}|{key}"


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """Return what must be equal for the same key. Keyed: a short PIN in a body is soon guessed from a plain hash."""
    content = method.encode() + b"\n" + path.encode() + b"\n" + body
    return hmac.digest(vault().derived("idempotency"), content, "sha256")


def begin(current: Session, slot: Slot) -> Answer | None:
    """Take the key, or return what it answered. A running twin is waited for.

    Raises Invalid for another body under the key, Conflict when the twin takes too long.
    """
    try:
        made = current.execute(
            insert(IdempotencyRecord)
            .values(
                county_id=slot.county_id,
                account_id=slot.account_id,
                key=slot.key,
                body_hash=slot.body_hash,
            )
            .on_conflict_do_nothing()
            .returning(IdempotencyRecord.key)
        ).scalar()
    except OperationalError as error:
        if "lock timeout" in str(error):
            raise Conflict("still_running", "上一次的请求还在办，请过几秒再看结果。") from error
        raise
    if made is not None:
        return None
    kept = look(current, slot)
    if kept is None:
        raise Conflict("still_running", "上一次的请求还在办，请过几秒再看结果。")
    return kept


def look(current: Session, slot: Slot) -> Answer | None:
    """Return what the key answered, without taking it; None when it is free.

    Raises Invalid for another body under the key, Conflict while its twin is running.
    """
    kept = current.execute(select(IdempotencyRecord).where(*_same(slot))).scalar_one_or_none()
    if kept is None:
        return None
    if kept.body_hash != slot.body_hash:
        raise Invalid("key_reused", "这个请求编号已经用在别的内容上，请重新提交。")
    if kept.status is None or kept.answer_sealed is None:
        raise Conflict("still_running", "上一次的请求还在办，请过几秒再看结果。")
    body = vault().open_bytes(slot.county_id, STATUTORY, slot.bound, kept.answer_sealed)
    return Answer(kept.status, body, kept.etag)


def keep(current: Session, slot: Slot, answer: Answer) -> None:
    """Keep the answer with the work, in the same transaction."""
    sealed = vault().seal_bytes(slot.county_id, STATUTORY, slot.bound, answer.body)
    current.execute(
        update(IdempotencyRecord)
        .where(*_same(slot))
        .values(status=answer.status, answer_sealed=sealed, etag=answer.etag)
    )


def purge(current: Session) -> int:
    """Forget keys older than KEEP. Returns how many."""
    gone = current.execute(delete(IdempotencyRecord).where(IdempotencyRecord.created_at < machine_now() - KEEP))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _same(slot: Slot) -> tuple[ColumnElement[bool], ...]:
    return (
        IdempotencyRecord.county_id == slot.county_id,
        IdempotencyRecord.account_id == slot.account_id,
        IdempotencyRecord.key == slot.key,
    )

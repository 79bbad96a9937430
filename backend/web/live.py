"""Live hints: after a commit a short word goes through Valkey to whoever has the page open.

A hint carries a topic, an id and a number, never content. History over HTTP is the truth,
so a lost hint costs a moment and nothing else.
"""

import hashlib
import json
import secrets
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Text, delete, event, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kernel.clock import machine_now
from backend.kernel.roles import Actor
from backend.store.base import Base
from backend.store.db import session

log = structlog.get_logger()
TICKET_LIFE = timedelta(seconds=30)
CHANNEL = "liandong:live"


class LiveTicket(Base):
    """A one-time ticket for a socket or an event stream. Machine time, 30 seconds."""

    __tablename__ = "live_ticket"

    county_id: Mapped[str] = mapped_column(Text(), primary_key=True)
    ticket_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    session_id: Mapped[UUID | None]
    topics: Mapped[list[str]]
    expires_at: Mapped[datetime]


_valkey: "redis.Redis[bytes] | None" = None


def configure(url: str) -> None:
    """Set the process's Valkey connection; it may be away at any moment."""
    global _valkey  # noqa: PLW0603  one pool a process
    # No second try: the client's own patience with a dead server, seconds for every call, would be felt by everybody.
    _valkey = redis.Redis.from_url(
        url, socket_timeout=1, socket_connect_timeout=0.5, health_check_interval=30, retry=Retry(NoBackoff(), 0)
    )


def valkey() -> "redis.Redis[bytes]":
    """Return the process's Valkey client. Callers must survive its errors."""
    if _valkey is None:
        raise RuntimeError("Valkey is configured by create_app")
    return _valkey


def topics_of(actor: Actor) -> list[str]:
    """Return the topics whose hints the actor may receive."""
    topics = [f"account:{actor.account_id}"]
    topics += [f"resident:{r}" for r in {actor.resident_id, actor.acting_for} if r]
    topics += [f"team:{team}" for team in sorted(actor.team_ids)]
    if actor.practitioner_id:
        topics.append(f"practitioner:{actor.practitioner_id}")
    if actor.institution:
        topics.append(f"institution:{actor.institution}")
    return topics


def hint(county_id: str, topic: str, kind: str, id: UUID | None = None, seq: int = 0) -> None:
    """Send a hint once the present transaction has committed, and not before."""
    waiting: list[str] = session().info.setdefault("hints", [])
    waiting.append(word_of(county_id, topic, kind, id, seq))


def word_of(county_id: str, topic: str, kind: str, id: UUID | None = None, seq: int = 0) -> str:
    """Return a hint as it goes through Valkey."""
    return json.dumps({"county": county_id, "topic": topic, "kind": kind, "id": str(id) if id else None, "seq": seq})


@event.listens_for(Session, "after_commit")
def _send_hints(current: Session) -> None:
    send(current.info.pop("hints", []))


_outgoing: "SimpleQueue[str]" = SimpleQueue()
_sender: list[threading.Thread] = []
_one = threading.Lock()
AT_ONCE = 100
WAITING_AT_MOST = 10_000


def send(words: Sequence[str]) -> None:
    """Send hints of what is committed, soon: nobody's answer waits for Valkey, and less so for a dead one.

    They go together, one to a line: each message of its own cost more than its booking's look at the database.
    """
    if not words or _outgoing.qsize() > WAITING_AT_MOST:
        return
    _outgoing.put("\n".join(words))
    with _one:
        if not _sender or not _sender[0].is_alive():
            _sender[:] = [threading.Thread(target=_send_on, name="live hints", daemon=True)]
            _sender[0].start()


def _send_on() -> None:
    while True:
        words = [_outgoing.get()]
        with suppress(Empty):
            while len(words) < AT_ONCE:
                words.append(_outgoing.get_nowait())
        try:
            valkey().publish(CHANNEL, "\n".join(words))
        except (redis.RedisError, OSError) as error:
            # Pages poll as well; a hint that is lost is only late.
            log.warning("hint_lost", kind=type(error).__name__, count=len(words))


@event.listens_for(Session, "after_rollback")
def _drop_hints(current: Session) -> None:
    current.info.pop("hints", None)


def issue_ticket(actor: Actor) -> str:
    """Return a one-time ticket for the actor's topics."""
    assert actor.account_id is not None
    ticket = secrets.token_urlsafe(24)
    session().add(
        LiveTicket(
            county_id=actor.county_id,
            ticket_hash=hashlib.sha256(ticket.encode()).digest(),
            account_id=actor.account_id,
            session_id=actor.session_id,
            topics=topics_of(actor),
            expires_at=machine_now() + TICKET_LIFE,
        )
    )
    return ticket


def redeem_ticket(ticket: str) -> dict[str, Any] | None:
    """Take a ticket, once. Returns county, topics and session, or None."""
    row = (
        session()
        .execute(
            delete(LiveTicket)
            .where(LiveTicket.ticket_hash == hashlib.sha256(ticket.encode()).digest())
            .returning(
                LiveTicket.county_id,
                LiveTicket.account_id,
                LiveTicket.session_id,
                LiveTicket.topics,
                LiveTicket.expires_at,
            )
        )
        .one_or_none()
    )
    if row is None or row.expires_at < machine_now():
        return None
    return {
        "county_id": row.county_id,
        "account_id": row.account_id,
        "session_id": row.session_id,
        "topics": list(row.topics),
    }


def purge_tickets(current: Session) -> int:
    """Forget tickets that were never used."""
    gone = current.execute(text("DELETE FROM live_ticket WHERE expires_at < now()"))
    return int(gone.rowcount)  # type: ignore[attr-defined]

"""Conversations between a resident and a team, and their messages. I-16, I-17."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow


class Conversation(CountyRow, Base):
    """One resident and one team, once and for ever (Communication). Open while their contract runs.

    `last_seq` gives every message its number, without a gap. Each side has one read cursor, which the other side
    never sees. `waiting_*` is the resident's first word without an answer: answered is answered, read is not.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "team_id"], ["care_team.county_id", "care_team.id"]),
        Index("uq_conversation_pair", "county_id", "resident_id", "team_id", unique=True),
        Index("ix_conversation_team", "county_id", "team_id"),
        Index(
            "ix_conversation_waiting", "county_id", "waiting_since", postgresql_where=text("waiting_seq IS NOT NULL")
        ),
        Index("ix_conversation_unread", "county_id", "unread_since", postgresql_where=text("unread_seq IS NOT NULL")),
        CheckConstraint("resident_read_seq <= last_seq AND team_read_seq <= last_seq", name="cursors"),
    )
    __access__: ClassVar[dict[Relation, str]] = {}

    resident_id: Mapped[UUID]
    team_id: Mapped[UUID]
    last_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_at: Mapped[datetime | None]
    resident_read_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    team_read_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    waiting_since: Mapped[datetime | None]  # the resident waits for an answer
    waiting_seq: Mapped[int | None] = mapped_column(BigInteger)
    team_told_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    unread_since: Mapped[datetime | None]  # the team's word nobody of the family has seen
    unread_seq: Mapped[int | None] = mapped_column(BigInteger)
    resident_told_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    closed_at: Mapped[datetime | None]  # the contract ended: readable, not writable


class Message(CountyRow, Base):
    """One message. Never changed, never taken away (IH-03); the text under the resident's key."""

    __tablename__ = "message"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "conversation_id"], ["conversation.county_id", "conversation.id"]),
        Index("uq_message_seq", "county_id", "conversation_id", "seq", unique=True),
        Index("uq_message_client", "county_id", "conversation_id", "client_message_id", unique=True),
        CheckConstraint("side IN ('resident', 'team')", name="side"),
        CheckConstraint("seq > 0", name="seq"),
    )

    conversation_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    seq: Mapped[int] = mapped_column(BigInteger)
    client_message_id: Mapped[UUID]  # made on the phone, so that sending again is not saying twice
    side: Mapped[str]
    account_id: Mapped[UUID]
    practitioner_id: Mapped[UUID | None]
    author_name: Mapped[str]
    author_part: Mapped[str]  # 本人, 女儿, 家庭医生 ...
    text_sealed: Mapped[bytes | None]
    flags: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))  # codes of danger words

    @property
    def vault_subject(self) -> UUID:
        """What was said to the doctor is the resident's."""
        return self.resident_id

"""What is due to be told to whom; and every attempt, written before it is made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow


class Notice(CountyRow, Base):
    """One thing to tell one person. `fallback` names who is asked to phone when WeChat cannot reach them.

    `resident_id` is whom it is about; it goes to their own account and their proxies, or to `practitioner_id`.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("uq_notice_dedupe", "county_id", "dedupe_key", unique=True),
        Index("ix_notice_due", "county_id", "due_at", postgresql_where=text("status IN ('due', 'sending')")),
    )

    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'due'"))
    dedupe_key: Mapped[str]
    resident_id: Mapped[UUID | None]
    practitioner_id: Mapped[UUID | None]
    due_at: Mapped[datetime] = mapped_column(server_default=text("liandong_now()"))
    about_at: Mapped[datetime | None]  # the hour it speaks of, where that is not the hour it is told
    urgent: Mapped[bool] = mapped_column(server_default=text("false"))
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))  # no name, diagnosis or drug
    page: Mapped[str] = mapped_column(server_default=text("''"))
    focus_kind: Mapped[str]
    focus_id: Mapped[UUID | None]
    fallback: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class NoticeAttempt(CountyRow, Base):
    """One call to WeChat, written before it is made: at most one call a row, its outcome filled in after."""

    __tablename__ = "notice_attempt"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "notice_id"], ["notice.county_id", "notice.id"]),
        Index("uq_notice_attempt_account", "county_id", "notice_id", "account_id", "number", unique=True),
    )

    notice_id: Mapped[UUID]
    account_id: Mapped[UUID]
    number: Mapped[int]
    began_at: Mapped[datetime] = mapped_column(server_default=text("now()"))  # machine time
    outcome: Mapped[str | None]  # sent | no_credit | rejected | retry_later | unknown
    code: Mapped[int | None]

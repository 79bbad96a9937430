"""Tasks: what a named person must do by when."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow


class Task(CountyRow, Base):
    """One thing to do (Task). It belongs to a named person, or to a role at an institution; never to nobody.

    `ladder` lists who gets it when it is overdue: [{"practitioner_id"|"role"+"institution", "minutes"}].
    `focus_kind` and `focus_id` say what it is about; `detail` holds codes and numbers, never free text.
    """

    __tablename__ = "task"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index("uq_task_dedupe", "county_id", "dedupe_key", unique=True),
        Index(
            "ix_task_mine",
            "county_id",
            "practitioner_id",
            "due_at",
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_task_pool",
            "county_id",
            "institution",
            "role",
            "due_at",
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_task_focus", "county_id", "focus_kind", "focus_id"),
        CheckConstraint(
            "practitioner_id IS NOT NULL OR (role IS NOT NULL AND institution IS NOT NULL)", name="somebody"
        ),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.OWN: "practitioner_id"}

    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    priority: Mapped[str] = mapped_column(server_default=text("'routine'"))  # routine, urgent, stat
    dedupe_key: Mapped[str]
    resident_id: Mapped[UUID | None]
    focus_kind: Mapped[str]
    focus_id: Mapped[UUID | None]
    practitioner_id: Mapped[UUID | None]
    role: Mapped[str | None]
    institution: Mapped[str | None]
    due_at: Mapped[datetime]
    level: Mapped[int] = mapped_column(server_default=text("0"))
    ladder: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    outcome: Mapped[str | None]

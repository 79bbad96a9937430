"""What the worklist takes in and gives out."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class DoneIn(BaseModel):
    """How a task ended."""

    model_config = ConfigDict(extra="forbid")
    outcome: Literal["reached", "visited", "referred", "not_needed", "handled"]


class ContactOut(BaseModel):
    """Whom to phone: themselves, or the family that acts for them."""

    name: str
    relation: str
    phone: str


class TaskOut(BaseModel):
    """A task: what about, for whom, by when, and who gets it next. `contacts` only where one task is read."""

    id: UUID
    kind: str
    status: str
    priority: str
    resident_id: UUID | None
    resident_name: str | None
    birth_year: int | None
    village: str | None
    contacts: list[ContactOut]
    focus_kind: str
    focus_id: UUID | None
    due_at: datetime
    overdue: bool
    next_owner: str | None
    created_at: datetime
    detail: dict[str, Any]
    outcome: str | None
    actions: list[str]


class TaskPage(BaseModel):
    """One's open tasks."""

    items: list[TaskOut]
    next_cursor: str | None

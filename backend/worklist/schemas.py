"""What the worklist takes in and gives out."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class DoneIn(BaseModel):
    """How a task ended."""

    model_config = ConfigDict(extra="forbid")
    outcome: Literal["reached", "visited", "referred", "not_needed", "handled"]


class TaskOut(BaseModel):
    """A task: what about, for whom, by when, and who gets it next."""

    id: UUID
    kind: str
    status: str
    priority: str
    resident_id: UUID | None
    resident_name: str | None
    resident_phone: str | None
    focus_kind: str
    focus_id: UUID | None
    due_at: datetime
    detail: dict[str, Any]
    outcome: str | None
    actions: list[str]


class TaskPage(BaseModel):
    """One's open tasks."""

    items: list[TaskOut]
    next_cursor: str | None

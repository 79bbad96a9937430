"""What goes in and out about the wait list (候补)."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.records.schemas import PersonLine


class WaitIn(BaseModel):
    """Where and within which days somebody would take a freed place."""

    model_config = ConfigDict(extra="forbid")
    institution: str = Field(max_length=60)
    department: str = Field(max_length=60)
    from_on: date
    until_on: date
    resident_id: UUID | None = None
    referral_id: UUID | None = None
    priority: Literal["routine", "urgent", "stat"] = "routine"


class WaitBody(BaseModel):
    """Somebody on the wait list: how many are before them, and the offer they have now."""

    id: UUID
    version: int
    status: str
    person: PersonLine
    institution: str
    institution_name: str
    department: str
    department_name: str
    priority: str
    from_on: date
    until_on: date
    ahead: int | None
    missed: int
    offer_id: UUID | None
    offer_until: datetime | None
    appointment_id: UUID | None
    left_because: str | None
    actions: list[str]

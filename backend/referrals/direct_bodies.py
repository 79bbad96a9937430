"""Who went above by themselves, as it comes in and goes out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.records.schemas import PersonLine
from backend.referrals.bodies import Named
from backend.referrals.schemas import Code
from backend.web.given import Day
from backend.web.openapi import SourceBody

Hospital = Annotated[str, Field(min_length=2, max_length=60)]


class DirectVisitIn(BaseModel):
    """Where somebody went by themselves, when and why."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    resident_id: UUID
    hospital: Hospital
    level: Code
    kind: Literal["visit", "stay"]
    went_on: Day
    reason: Code
    by_phone: bool = False
    late_reason: Code | None = None


class DirectVisitBody(BaseModel):
    """One registration, with what its person is told."""

    id: UUID
    person: PersonLine
    number: str
    hospital: str
    level_name: str
    kind: str
    went_on: date
    reason: str
    told_how: str
    late: bool
    late_reason: str | None
    registered_on: date
    registered_at_name: str | None
    changes: list[str]
    source: SourceBody


class DirectVisitPage(BaseModel):
    """Registrations, the newest first."""

    items: list[DirectVisitBody]
    next_cursor: str | None


class UpperHospital(BaseModel):
    """A hospital above that the county knows, and its level."""

    name: str
    level: str


class DirectVisitOptions(BaseModel):
    """What a registration is written down with, and what is told before it: all from the county's own pack."""

    hospitals: list[UpperHospital]
    levels: list[Named]
    reasons: list[Named]
    late_reasons: list[Named]
    late_after_days: int
    changes: list[str]
    source: SourceBody
    rule: SourceBody

"""The sample of referrals as it comes in and goes out; no person is named in it."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class ReviewIn(BaseModel):
    """What was found, and why."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    verdict: Literal["justified", "unjustified", "papers_missing"]
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class PeriodQuery(BaseModel):
    """A month of the period; without one, the last that is over."""

    model_config = ConfigDict(extra="forbid")
    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")] | None = None


class AuditBody(BaseModel):
    """A drawn referral: the reason against the outcome, and what was found."""

    id: UUID
    month: date
    patient: str  # sex and age
    institution_name: str
    doctor: str
    to_name: str
    category: str
    diagnosis_text: str
    indication: str
    standard: str | None
    records: int
    arrived: bool
    discharge_diagnosis: str | None
    result: str | None  # what the hospital wrote back, to that hospital alone
    status: str
    verdict: str | None
    reason: str | None
    actions: list[str]


class AuditPage(BaseModel):
    """Drawn referrals, the newest first."""

    items: list[AuditBody]
    next_cursor: str | None


class AuditCountBody(BaseModel):
    """One house, or one doctor of it."""

    institution_name: str
    doctor: str | None
    drawn: int
    reviewed: int
    justified: int
    unjustified: int
    papers_missing: int


class AuditCounts(BaseModel):
    """A period's verdicts, with the share that is drawn and whose rule it is."""

    month: date
    percent: float
    at_least: int
    sample: bool
    source: str
    items: list[AuditCountBody]

"""What comes in and goes out about hospitals without a desk here: the telephone answer, and what is told later."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.referrals.bodies import Named
from backend.referrals.schemas import AnswerIn, Line, ReasonIn
from backend.web.given import Day, Instant


class PhoneAnswerIn(AnswerIn):
    """A yes or no on the telephone: who said it (`contact`), on which telephone, and when."""

    phone: Annotated[str, Field(pattern=r"^[0-9+ -]{0,20}$")] = ""
    said_at: Instant | None = None


class DeclineReason(Named):
    """A coded reason for a no, and what it wants beside it."""

    needs_date: bool
    needs_department: bool


class OtherHouse(Named):
    """Where the patient may go instead."""

    outside: bool
    departments: list[Named]


class PhoneOptionsBody(BaseModel):
    """What to ask a hospital outside, and what it may answer."""

    house: Named
    phones: list[str]
    department: str | None
    wanted_on: date | None
    departments: list[Named]
    decline_reasons: list[DeclineReason]
    others: list[OtherHouse]


class OutsideNewsIn(BaseModel):
    """What was told, whose word it is, and on which days."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    source: Literal["family", "paper", "phone"]
    told_by: Line = ""
    came_on: Day | None = None
    category: Literal["outpatient", "stay", "examination"] = "outpatient"
    ending: Literal["seen", "discharged", "moved_on"] | None = None
    ended_on: Day | None = None
    not_gone: bool = False
    summary: Annotated[str, Field(max_length=1000)] = ""


class StrikeIn(ReasonIn):
    """What was told wrongly, and why it is struck."""

    report_id: UUID

"""What comes in and goes out about an answer by telephone."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from backend.records.schemas import PersonLine
from backend.referrals.bodies import Named
from backend.referrals.schemas import AnswerIn
from backend.web.openapi import SourceBody


class SpokenIn(AnswerIn):
    """A yes or no, and who of the asked department said it on the telephone."""

    said_by: UUID


class SpokenBody(BaseModel):
    """What was written down in a doctor's name. Who it is about, only for whoever may know it."""

    id: UUID
    referral_id: UUID | None  # where it may still be opened
    standing: Literal["stands", "asked_again", "at_desk", "overtaken"]
    accepted: bool
    said_by: str
    written_by: str
    written_by_phone: str
    written_at: datetime
    look_by: datetime | None
    question: str
    from_name: str
    person: PersonLine | None
    masked: str | None
    diagnosis_text: str | None
    department: Named | None
    day: date | None
    reason: str | None
    alternative_name: str | None
    alternative_department: str | None
    free_on: date | None
    asks_again: bool  # saying it was not so would void the answer and ask again; else the desk sorts it out
    disowned_at: datetime | None
    task_id: UUID | None
    actions: list[str]
    source: SourceBody

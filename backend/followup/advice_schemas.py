"""What the doctor above sees and says, and what the doctor below answers."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.records.schemas import PersonLine
from backend.referrals.bodies import Named
from backend.web.openapi import SourceBody


class AdviceIn(BaseModel):
    """An advice: about what, in words, and by when to be seen where it is about that."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["drug", "examination", "watch", "return_earlier", "other"]
    text: str = Field(max_length=500)
    return_on: date | None = None


class ReplyIn(BaseModel):
    """Taken on, perhaps with an earlier look; or not, with a reason of the list."""

    model_config = ConfigDict(extra="forbid")
    taken_on: bool
    reason: Literal["done_already", "not_fitting", "not_available", "patient_declines", "other"] | None = None
    text: str = Field(default="", max_length=500)
    next_on: date | None = None


class HandOnIn(BaseModel):
    """Which doctor of the house answers instead, and why."""

    model_config = ConfigDict(extra="forbid")
    practitioner_id: UUID
    reason: str = Field(max_length=40)


class OtherDoctor(BaseModel):
    """A doctor of the house who may answer."""

    id: UUID
    name: str
    title: str


class OtherDoctors(BaseModel):
    """Who may answer instead, and the reasons to choose from."""

    items: list[OtherDoctor]
    reasons: list[Named]


class AdviceOut(BaseModel):
    """An advice as the doctors read it, and what became of it."""

    id: UUID
    plan_id: UUID
    person: PersonLine
    plain: str
    kind: str
    kind_name: str
    text: str
    return_on: date | None
    status: str
    written_at: datetime
    written_by: str
    from_name: str
    asked: str
    asked_phone: str
    due_at: datetime
    overdue: bool
    chased_at: datetime | None
    ended_at: datetime | None
    answered_by: str | None
    reason_text: str | None
    reply: str | None
    next_on: date | None
    next_due_on: date | None
    reasons: list[Named]
    no_prescription: str
    actions: list[str]


class AdvicePage(BaseModel):
    """Everything advised on a plan, the newest first, and what a new one may be about."""

    items: list[AdviceOut]
    next_cursor: str | None
    kinds: list[Named]
    no_prescription: str
    actions: list[str]


class LastLookOut(BaseModel):
    """What the last look found."""

    on: date
    outcome: str
    values: dict[str, float]


class DangerMetOut(BaseModel):
    """The last danger since the patient went down, and whether somebody still has to act on it."""

    on: date
    open: bool


class SentDownOut(BaseModel):
    """Somebody who was sent down: where they are looked after, by whom, and how it goes."""

    plan_id: UUID
    person: PersonLine
    died: bool
    plain: str
    plan_status: str
    institution_name: str
    taken_over_by: str
    cared_by: str
    cared_by_phone: str
    taken_over_on: date
    days: int
    next_due_on: date | None
    next_overdue: bool
    last: LastLookOut | None
    danger: DangerMetOut | None
    seen_until: date
    advice_status: str | None
    advice_id: UUID | None


class SentDownPage(BaseModel):
    """Whom one sent down, as long as sight lasts, and whose rule that is."""

    items: list[SentDownOut]
    next_cursor: str | None
    sight_days: int
    department_sees: bool
    source: SourceBody

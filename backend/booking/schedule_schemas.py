"""What goes in and out about a house's own sessions and about examinations."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.booking.schemas import PriceBody
from backend.records.schemas import PersonLine
from backend.web.openapi import SourceBody

WallTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time on the wall of the county: 08:30. No zone, no seconds."""


class SettledIn(BaseModel):
    """One session that a house settles: weekly on some weekdays, or on one day."""

    model_config = ConfigDict(extra="forbid")
    institution: str | None = Field(default=None, max_length=60)
    code: str = Field(min_length=1, max_length=40)
    department: str = Field(max_length=60)
    title: str = Field(min_length=1, max_length=40)
    start: WallTime
    end: WallTime
    capacity: int = Field(ge=1, le=500)
    from_on: date
    until_on: date | None = None
    weekdays: list[int] = Field(default_factory=list, max_length=7)
    on_day: date | None = None
    every_weeks: int = Field(default=1, ge=1, le=8)
    practitioner_id: UUID | None = None
    expert: bool = False
    place: str = Field(default="", max_length=60)


class TemplateBody(BaseModel):
    """What a house has settled, and what may be done with it."""

    id: UUID
    version: int
    code: str
    kind: str
    institution: str
    department: str
    department_name: str
    title: str
    doctor: str | None
    from_institution: str | None
    weekdays: list[int]
    on_day: date | None
    every_weeks: int
    from_on: date
    until_on: date | None
    start: WallTime
    end: WallTime
    capacity: int
    expert: bool
    place: str
    ended_at: datetime | None
    actions: list[str]


class QuotaQuery(BaseModel):
    """Whose places, and over which days of sessions."""

    model_config = ConfigDict(extra="forbid")
    institution: str = Field(max_length=60)
    from_on: date
    until_on: date


class QuotaRow(BaseModel):
    """A department: how many places, how many kept for referred patients and of those experts', what became of them."""

    department: str
    department_name: str
    places: int
    kept: int
    kept_percent: int
    expert_kept: int
    expert_percent: int
    taken: int
    given_back: int
    added: int


class QuotaBody(BaseModel):
    """The quota as promised and as kept; `promised_percent` is the county's, with whose rule it is."""

    institution: str
    promised_percent: int
    promised_expert_percent: int
    source: str
    sample: bool
    rows: list[QuotaRow]


class ImportIn(BaseModel):
    """A spreadsheet, its name and its content in base64."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=5, max_length=120)
    content: str = Field(max_length=4_000_000)


class BadCellOut(BaseModel):
    """What is wrong, in which row and column of the spreadsheet."""

    row: int
    column: str
    text: str


class ImportOut(BaseModel):
    """What became of it: so many sessions settled, or the errors, and nothing settled."""

    settled: int
    errors: list[BadCellOut]
    more_errors: int


class OrderIn(BaseModel):
    """An examination that a doctor asks for."""

    model_config = ConfigDict(extra="forbid")
    item: str = Field(max_length=40)
    reason: str = Field(max_length=300)
    answers: list[str] = Field(default_factory=list, max_length=20)
    in_stay: bool = False
    referral_id: UUID | None = None
    repeat_reason: str | None = Field(default=None, max_length=40)
    repeat_note: str = Field(default="", max_length=200)


class ExaminationBody(BaseModel):
    """An examination of the catalogue: where, how to prepare, what has to be asked before."""

    code: str
    name: str
    department_name: str
    institutions: list[str]
    prepare: list[str]
    questions: list[dict[str, str]]
    price: PriceBody
    referred_price: PriceBody


class RepeatRuleBody(BaseModel):
    """The county's words on repeating, and the national reasons for which it is done all the same."""

    text: str
    source: SourceBody
    reasons: list[dict[str, str]]
    reasons_source: SourceBody


class ExaminationsBody(BaseModel):
    """Everything that can be booked with an order, and why one may be made again although a result counts."""

    items: list[ExaminationBody]
    repeat: RepeatRuleBody


class OrderBody(BaseModel):
    """A doctor's order, with how to prepare and what was booked with it."""

    id: UUID
    version: int
    status: str
    item: str
    name: str
    reason: str | None
    person: PersonLine
    doctor: str | None
    institution: str
    institution_name: str
    until_on: date
    in_stay: bool
    referral_id: UUID | None
    prepare: list[str]
    price: PriceBody
    repeat_reason: str | None
    appointment_id: UUID | None
    actions: list[str]


class OrdersBody(BaseModel):
    """A person's orders, the newest first."""

    items: list[OrderBody]


class TimeIn(BaseModel):
    """The time that was chosen for an examination."""

    model_config = ConfigDict(extra="forbid")
    slot_id: UUID


class ExaminationPlaceBody(BaseModel):
    """One time for an examination."""

    slot_id: UUID
    starts_at: datetime
    left: int
    for_referred: bool
    open: bool
    opens_at: datetime | None


class ExaminationPlacesQuery(BaseModel):
    """Where one looks for a time."""

    model_config = ConfigDict(extra="forbid")
    institution: str = Field(max_length=60)


class ExaminationPlacesBody(BaseModel):
    """The times of an ordered examination at an institution, those kept for referred patients among them."""

    order_id: UUID
    institution: str
    institution_name: str
    report_to: str
    prepare: list[str]
    places: list[ExaminationPlaceBody]

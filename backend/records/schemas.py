"""What goes in and out about visits, readings, results and slips."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.web.given import Day, Instant
from backend.web.openapi import SourceBody

DiagnosisCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}(\.[0-9a-zA-Z]{1,6})?$")]
Short = Annotated[str, Field(max_length=60)]
Words = Annotated[str, Field(max_length=1000)]
Needed = Annotated[str, Field(min_length=1, max_length=1000)]
Outcome = Literal["treated", "observe", "referred_up", "referred_down", "sent_home"]
Travel = Literal["walk", "car", "bus", "ambulance"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PersonLine(BaseModel):
    """Who somebody is on a list: never by name alone."""

    id: UUID
    name: str
    sex: str
    birth_year: int
    village: str


class MeasuredIn(_In):
    """One measured value in the measure's own unit."""

    code: Annotated[str, Field(min_length=1, max_length=30)]
    value: Annotated[Decimal, Field(ge=0, le=10000, decimal_places=2)]
    unit: Annotated[str, Field(min_length=1, max_length=20)]


class ReadingsIn(_In):
    """Values measured together."""

    values: Annotated[list[MeasuredIn], Field(min_length=1, max_length=10)]
    taken_at: Instant | None = None


class ReadingsBody(BaseModel):
    """The set that was written."""

    set_id: UUID


class MeasureBody(BaseModel):
    """What may be measured, for a form."""

    code: str
    name: str
    unit: str
    lowest: Decimal
    highest: Decimal


class MeasuresBody(BaseModel):
    """Everything that may be measured."""

    items: list[MeasureBody]


class HandoffIn(_In):
    """转介单 as the village doctor fills it in."""

    resident_id: UUID
    complaint: Needed
    why: Needed
    given: Words = ""
    since_on: Day | None = None
    values: Annotated[list[MeasuredIn], Field(max_length=10)] = []
    phoned: Short = ""
    phoned_at: Instant | None = None
    left_at: Instant | None = None
    travel: Travel
    urgent: bool = False


class HandoffBody(BaseModel):
    """转介单 as the township reads it."""

    id: UUID
    version: int
    status: str
    urgent: bool
    person: PersonLine
    from_institution: str
    from_name: str
    village_doctor: str
    village_doctor_phone: str
    to_institution: str
    to_name: str
    complaint: str | None
    why: str | None
    given: str | None
    since_on: date | None
    readings: dict[str, Decimal]
    phoned: str
    phoned_at: datetime | None
    left_at: datetime | None
    travel: str
    sent_at: datetime
    taken_by: str | None
    actions: list[str]


class HandoffsBody(BaseModel):
    """Slips on their way to me, or sent by me."""

    items: list[HandoffBody]


class HandoffsQuery(_In):
    """Only what still needs somebody, or all of late."""

    open: bool = True


class VisitIn(_In):
    """Opening a visit."""

    resident_id: UUID
    kind: Literal["first_visit", "revisit", "outpatient", "home"] = "first_visit"
    department: Short | None = None
    handoff_id: UUID | None = None
    complaint: Words | None = None


class FindingIn(_In):
    """What is written during a visit."""

    diagnosis_code: DiagnosisCode | None = None
    diagnosis_text: Annotated[str, Field(max_length=120)] | None = None
    complaint: Words | None = None
    findings: Words | None = None
    treatment: Words | None = None


class FinishIn(FindingIn):
    """Closing a visit; without an outcome it is refused by name."""

    outcome: Outcome | None = None


class VisitBody(BaseModel):
    """A visit as it stands."""

    id: UUID
    version: int
    person: PersonLine
    institution: str
    institution_name: str
    department: str | None
    department_name: str | None
    doctor: str
    kind: str
    status: str
    began_at: datetime
    finished_at: datetime | None
    diagnosis_code: str | None
    diagnosis_text: str | None
    complaint: str | None
    findings: str | None
    treatment: str | None
    outcome: str | None
    handoff_id: UUID | None
    actions: list[str]


class VisitsBody(BaseModel):
    """My visits that still want an outcome."""

    items: list[VisitBody]


class ResultIn(_In):
    """A result of one's own institution."""

    item: Annotated[str, Field(min_length=1, max_length=64)]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    taken_on: Day
    text: Words | None = None
    quality_mark: bool = False


class RecognitionBody(BaseModel):
    """Whether a result counts here, in words."""

    recognised: bool
    why: str
    text: str
    direction: str
    valid_until: date | None
    source: SourceBody


class ResultBody(BaseModel):
    """A result, and whether it counts at the institution that was asked about."""

    id: UUID
    item: str
    name: str
    institution: str
    institution_name: str
    taken_on: date
    text: str | None
    quality_mark: bool
    recognition: RecognitionBody | None


class ResultsBody(BaseModel):
    """A person's results, the newest first."""

    items: list[ResultBody]


class ResultsQuery(_In):
    """At which institution they should count, without it at the reader's own; of which examination, without it all."""

    at: Short | None = None
    item: Short | None = None


class ResultUseIn(_In):
    """The result that is used instead of being made again."""

    result_id: UUID


class ResultUseBody(BaseModel):
    """That a result is used, and what it saves."""

    id: UUID
    result_id: UUID
    item: str
    saved_fen: int
    sample: bool
    at: datetime


class TrendQuery(_In):
    """Which kinds of values, comma between them, and how many days back."""

    codes: Annotated[str, StringConstraints(pattern=r"^[a-z_]+(,[a-z_]+){0,9}$")]
    days: Annotated[int, Field(ge=1, le=1100)] = 365


class TrendPoint(BaseModel):
    """Values measured together; `source` says who measured: self, proxy or staff."""

    set_id: UUID
    at: datetime
    source: str
    values: dict[str, float]


class TrendBody(BaseModel):
    """How values went, the oldest first."""

    items: list[TrendPoint]


class TimelineQuery(_In):
    """Everything before an instant, so many at a time."""

    before: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class EntryBody(BaseModel):
    """One thing that happened."""

    kind: str
    id: UUID
    at: datetime
    institution: str | None
    institution_name: str | None
    status: str
    title: str
    detail: dict[str, Any]


class TimelineBody(BaseModel):
    """A person's record in one line of time, newest first."""

    person: PersonLine
    items: list[EntryBody]
    next_before: datetime | None

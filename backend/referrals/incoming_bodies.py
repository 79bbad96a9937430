"""Papers from above as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.records.schemas import DiagnosisCode, PersonLine
from backend.referrals.bodies import Named
from backend.referrals.schemas import Code, Line, Words
from backend.store.photo import MOST_TEXT
from backend.web.given import Day


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class IncomingDrug(_In):
    """A drug that was taken along."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    dose: Line = ""
    until_on: Day | None = None


class PaperPart(BaseModel):
    """A part of a hand-over, and for which way it is wanted."""

    code: str
    name: str
    required_for: list[str]


class HospitalAbove(BaseModel):
    """A hospital beyond the county, and its phones where they are known."""

    name: str
    phones: list[str]


class IncomingOptions(BaseModel):
    """What a paper is written down and answered with: all from the county's own pack."""

    hospitals: list[HospitalAbove]
    parts: list[PaperPart]
    houses: list[Named]
    decline_reasons: list[Named]


class IncomingIn(_In):
    """What the paper says; `parts` are the parts of a hand-over that it has."""

    resident_id: UUID
    from_name: Annotated[str, Field(min_length=2, max_length=60)]
    discharged_on: Day
    category: Literal["bed", "home"]
    to_institution: Code
    diagnosis_text: Annotated[str, Field(min_length=1, max_length=120)]
    diagnosis_code: DiagnosisCode | None = None
    paper_number: Annotated[str, Field(max_length=40)] | None = None
    from_phone: Annotated[str, Field(max_length=20, pattern=r"^[0-9][0-9 -]*$")] | None = None
    parts: Annotated[list[Code], Field(max_length=20)] = []
    drugs: Annotated[list[IncomingDrug], Field(max_length=30)] = []
    review_on: Day | None = None
    watch: Words = ""
    photo: Annotated[str, Field(max_length=MOST_TEXT)] | None = None


class IncomingAcceptIn(_In):
    """Where the patient lies, when it is a bed."""

    department: Code | None = None
    bed: Annotated[str, Field(max_length=20)] | None = None


class IncomingPassOnIn(_In):
    """Which house is asked instead, and why."""

    to_institution: Code
    reason: Code


class IncomingBody(BaseModel):
    """A paper from above, who is asked, and what it lacks."""

    id: UUID
    version: int
    status: str
    person: PersonLine
    from_name: str
    from_phone: str | None
    paper_number: str | None
    discharged_on: date
    category: str
    diagnosis_code: str | None
    diagnosis_text: str
    missing: list[str]
    drugs: list[IncomingDrug]
    medicine_ends_on: date | None
    review_on: date | None
    watch: str
    has_photo: bool
    registered_at_name: str
    registered_at_phones: list[str]
    to_institution: str
    to_name: str
    asked: str | None
    answer_by: datetime | None
    accepted_by: str | None
    accepted_at: datetime | None
    stay_id: UUID | None
    bed: str | None
    actions: list[str]


class IncomingPage(BaseModel):
    """Papers from above, the newest first."""

    items: list[IncomingBody]
    next_cursor: str | None

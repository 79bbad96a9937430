"""What comes in and goes out about what goes along with a referral."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.records.schemas import EntryBody
from backend.referrals.bodies import Named
from backend.referrals.schemas import Code
from backend.store.photo import MOST_TEXT


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PictureIn(_In):
    """A photo of a paper, and what is to be seen on it."""

    kind: Literal["ecg", "report", "discharge", "other"]
    photo: Annotated[str, Field(min_length=20, max_length=MOST_TEXT)]
    words: Annotated[str, Field(max_length=60)] = ""


class PillIn(_In):
    """A drug of a prescription in hand by its code, or one that is typed."""

    prescription_id: UUID | None = None
    drug: Code | None = None
    name: Annotated[str, Field(max_length=80)] = ""
    dose: Annotated[str, Field(max_length=60)] = ""


class PillsIn(_In):
    """Drugs that go along."""

    drugs: Annotated[list[PillIn], Field(min_length=1, max_length=30)]


class PillBody(BaseModel):
    """A drug that went along."""

    id: UUID
    name: str
    dose: str
    until_on: date | None
    prescribed: bool  # out of a long prescription of this system
    at: datetime
    later: bool


class PictureBody(BaseModel):
    """A picture that went along; it is looked at by itself, and each look leaves a trace."""

    id: UUID
    kind: str
    kind_name: str
    words: str
    at: datetime
    later: bool


class RecordAlong(EntryBody):
    """A part of the record that goes along; of a result also whether it counts there."""

    recognised: bool | None = None
    recognition: str = ""


class TakingBody(BaseModel):
    """A drug that the patient has a prescription for, and that does not go along yet."""

    prescription_id: UUID
    drug: str
    name: str
    dose: str
    until_on: date


class AlongBody(BaseModel):
    """Everything that goes along, as this reader may see it, and whether more may be put in."""

    referral_id: UUID
    records: list[RecordAlong]
    drugs: list[PillBody]
    pictures: list[PictureBody]
    summary: str | None
    treatment: str | None
    caution: str | None
    may_add: bool
    most_pictures: int
    picture_kinds: list[Named]
    taking: list[TakingBody]

"""Written authorities as they come in and go out."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from backend.people.names import stored_name
from backend.people.schemas import Given
from backend.store.photo import MOST_TEXT
from backend.web.given import Day


class AuthorityIn(Given):
    """A paper as it lies on the table: who signs for whom, for what, until when, and how that was checked."""

    holder_name: str = Field(min_length=1, max_length=120)
    relation: str = Field(min_length=1, max_length=20)
    holder_paper: Literal["id_card", "other"] = "id_card"
    holder_number: str = Field(min_length=1, max_length=40)
    papers_seen: bool = False
    matter: Literal["referral", "contract"] = "referral"
    referral_id: UUID | None = None
    until_on: Day
    giver_name: str = Field(default="", max_length=120)
    giver_relation: str = Field(default="", max_length=20)
    related_id: UUID | None = None
    photo: str | None = Field(default=None, min_length=20, max_length=MOST_TEXT)
    witness: str = Field(default="", max_length=60)

    @field_validator("holder_name", "giver_name")
    @classmethod
    def _written(cls, value: str) -> str:
        return stored_name(value) if value else ""

    @field_validator("relation", "holder_number", "giver_relation", "witness")
    @classmethod
    def _trimmed(cls, value: str) -> str:
        return value.strip()


class AuthorityEnd(Given):
    """Taken back; where staff hear it, before a witness."""

    witness: str = Field(default="", max_length=60)

    @field_validator("witness")
    @classmethod
    def _trimmed(cls, value: str) -> str:
        return value.strip()


class AuthorityRow(BaseModel):
    """One authority, and how it stands today."""

    id: UUID
    resident_id: UUID
    matter: str
    referral_id: UUID | None
    holder_name: str
    relation: str
    holder_number: str  # the last four
    given_by: str
    giver_name: str
    giver_relation: str
    from_on: date
    until_on: date
    photo: bool
    witness: str
    on_phone: bool
    registered_by: str
    institution_name: str
    registered_at: datetime
    state: Literal["holds", "ended", "expired", "overtaken"]
    text: str
    actions: list[str]


class AuthorityRows(BaseModel):
    """Everything that was registered for a person, the newest first; and what a new one may say."""

    items: list[AuthorityRow]
    needs_guardian: bool
    guardian_relations: list[str]
    most_days: int

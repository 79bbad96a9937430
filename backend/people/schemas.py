"""What people send and get: sign-in, consents, claims, family. Unknown fields are refused."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from backend.people.identity import half_width
from backend.people.names import stored_name


class Given(BaseModel):
    """Base of what comes in."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Given):
    """WeChat's code and the county one signs in to."""

    county: str = Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_-]*$")
    code: str = Field(min_length=1, max_length=200)


class SignedIn(BaseModel):
    """The token; its end is machine time."""

    token: str
    expires_at: datetime


class Named(BaseModel):
    """A thing with an id and a name."""

    id: str
    name: str


class MeStaff(BaseModel):
    """The work identity of a clinician or clerk."""

    practitioner_id: UUID
    name: str
    roles: list[str]
    institution: Named
    department: str | None


class MeResident(BaseModel):
    """Somebody whose affairs this account may see to."""

    id: UUID
    name: str
    relation: Literal["self", "proxy", "guardian"]
    birth_year: int
    village: str
    assurance: str


class Me(BaseModel):
    """Who is signed in, for whom they may act, and what is still needed of them."""

    county: Named
    person: Named
    staff: MeStaff | None
    residents: list[MeResident]
    acting_for: UUID | None
    privacy_consent_needed: bool
    health_consent_needed: bool


class SessionRow(BaseModel):
    """One place where the account is signed in; machine time."""

    id: UUID
    device: str
    began_at: datetime
    seen_at: datetime
    current: bool


class Sessions(BaseModel):
    """Every place where the account is signed in."""

    items: list[SessionRow]


class NoticeQuery(Given):
    """Of which county."""

    county: str = Field(default="", max_length=40)


class PrivacyNotice(BaseModel):
    """The notice in force, with the separate questions."""

    version: str
    title: str
    text: str
    health_title: str
    health_text: str
    child_title: str
    child_text: str


class Consent(Given):
    """Agreement to a version; health data and a child's data are agreed to separately."""

    version: str = Field(min_length=1, max_length=20)
    health_data: bool = False
    child_id: UUID | None = None


class ConsentRow(BaseModel):
    """One agreement in force."""

    kind: Literal["notice", "health", "child"]
    version: str
    resident_id: UUID | None
    agreed_at: datetime


class Consents(BaseModel):
    """Every agreement in force."""

    items: list[ConsentRow]


class AccessRow(BaseModel):
    """Who looked at or changed something about me, and when."""

    at: datetime
    who: str
    where: str
    what: str
    own_family: bool


class Claim(Given):
    """A WeChat phone code, or a code handed over in person; one of them."""

    phone_code: str | None = Field(default=None, min_length=1, max_length=200)
    hand_over_code: str | None = Field(default=None, max_length=40)

    @field_validator("hand_over_code")
    @classmethod
    def _digits(cls, value: str | None) -> str | None:
        code = None if value is None else half_width(value)
        if code is not None and not (len(code) == 8 and code.isascii() and code.isdigit()):
            raise ValueError("交接码是 8 位数字，请对着纸条再填一遍。")
        return code

    @model_validator(mode="after")
    def _one(self) -> "Claim":
        if (self.phone_code is None) == (self.hand_over_code is None):
            raise ValueError("请用手机号或者交接码，二选一。")
        return self


class Claimed(BaseModel):
    """The record that is tied to the account now."""

    resident: MeResident


class _Family(Given):
    holder_name: str = Field(default="", max_length=120)
    relation: str = Field(default="", max_length=20)

    @field_validator("holder_name")
    @classmethod
    def _written(cls, value: str) -> str:
        return stored_name(value) if value else ""


class CodeIssue(_Family):
    """What a code shall do. Proxy and guardian need to know who will hold it."""

    purpose: Literal["claim", "proxy", "guardian"] = "claim"
    papers_seen: bool = False

    @model_validator(mode="after")
    def _complete(self) -> "CodeIssue":
        if not self.papers_seen:
            raise ValueError("请先当面看过证件，再给码。")
        if self.purpose != "claim" and not (self.holder_name and self.relation):
            raise ValueError("请填家人的姓名，和与本人的关系。")
        return self


class Invitation(_Family):
    """Whom a resident lets run errands for them."""

    @model_validator(mode="after")
    def _complete(self) -> "Invitation":
        if not (self.holder_name and self.relation):
            raise ValueError("请填家人的姓名，和与您的关系。")
        return self


class IssuedCode(BaseModel):
    """Shown once; machine time."""

    code: str
    expires_at: datetime


class RelatedRow(BaseModel):
    """Somebody who may act for the resident."""

    id: UUID
    resident_id: UUID
    kind: Literal["proxy", "guardian"]
    name: str
    relation: str
    since: datetime
    verified: bool
    actions: list[str]


class RelatedRows(BaseModel):
    """Everybody who may act for the resident."""

    items: list[RelatedRow]

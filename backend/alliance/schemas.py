"""What the alliance's routes take and give."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.alliance.packs.sections.county import Tier
from backend.web.given import Day
from backend.web.openapi import SourceBody

CountyId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,31}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class CountyQuery(BaseModel):
    """Which county."""

    model_config = ConfigDict(extra="forbid")
    county: CountyId


class InstitutionsQuery(CountyQuery):
    """Which institutions of a county."""

    level: Code | None = None
    town: Code | None = None
    desk: Literal["true"] | None = Field(default=None, description="只要有转诊服务台的")
    condition: Code | None = Field(default=None, description="只要公布了能看这个病的")


class LevelBody(BaseModel):
    """A level of care."""

    code: str
    rank: int
    tier: Tier
    name: str
    plain: str


class CountyBody(BaseModel):
    """A county as everybody may know it."""

    id: str
    name: str
    short_name: str
    prefecture: str
    province: str
    policy_title: str
    motto: str
    emergency_phone: str
    languages: list[str]
    levels: list[LevelBody]
    words: dict[str, str]
    version: str


class CountiesBody(BaseModel):
    """Every county served here."""

    items: list[CountyBody]


class DeskBody(BaseModel):
    """A referral desk and its phones; the second is the one on duty at night."""

    name: str
    place: str
    phones: list[str]


class InstitutionBody(BaseModel):
    """An institution in a list."""

    code: str
    name: str
    short_name: str
    second_name: str | None
    kind: str
    level: str
    level_name: str
    tier: Tier
    town: str | None
    town_name: str | None
    alliance: str | None
    outside: bool
    phones: list[str]
    desk: DeskBody | None


class InstitutionsBody(BaseModel):
    """Institutions of a county, nearest level first."""

    items: list[InstitutionBody]


class NamedBody(BaseModel):
    """A thing of the pack with its code."""

    code: str
    name: str


class ConditionBody(NamedBody):
    """A disease the county's papers speak of, with the ICD-10 codes that mean it."""

    icd10: list[str]


class ConditionsBody(BaseModel):
    """Every disease of the pack, for whoever writes a diagnosis."""

    items: list[ConditionBody]


class DepartmentBody(NamedBody):
    """A department, with what it treats in plain words."""

    kind: str
    plain: str | None


class BandBody(BaseModel):
    """A band of the benefit table; `up_to_fen` is null for the last."""

    up_to_fen: int | None
    percent: int


class BenefitBody(BaseModel):
    """What the fund pays back here; amounts in fen, `sample` when the county's paper gives none."""

    scheme: str
    stay_deductible_fen: int | None
    stay_bands: list[BandBody]
    outpatient_percent: int | None
    outpatient_day_limit_fen: int | None
    sample: bool
    source: SourceBody
    ordering_source: SourceBody


class DevelopmentBody(BaseModel):
    """What is being built up, planned and reached."""

    name: str
    year: int
    planned: int
    reached: int
    unit: str


class CapabilityBody(BaseModel):
    """What an institution treats and does, and whose list that is."""

    treats: list[NamedBody]
    services: list[str]
    equipment: list[str]
    techniques: list[NamedBody]
    surgery_grade: int
    developing: list[DevelopmentBody]
    sample: bool
    source: SourceBody


class InstitutionDetail(InstitutionBody):
    """The public page of an institution."""

    parent: str | None
    parent_name: str | None
    villages: list[NamedBody]
    departments: list[DepartmentBody]
    pickup_place: bool
    capability: CapabilityBody | None
    benefit: BenefitBody | None


class SignatoryBody(BaseModel):
    """Who signed."""

    name: str
    duty: str


class MembershipBody(BaseModel):
    """A member's agreement."""

    id: UUID
    alliance: str
    institution: str
    institution_name: str
    lead: bool
    agreement: str
    joined_on: date
    until_on: date
    signatories: list[SignatoryBody]
    status: str
    left_on: date | None
    left_reason: str
    actions: list[str]


class SeatBody(BaseModel):
    """A person of a leading group."""

    name: str
    duty: str
    from_on: date
    until_on: date


class LeadingGroupBody(BaseModel):
    """A leading group and its persons."""

    name: str
    institution: str | None
    seats: list[SeatBody]
    source: SourceBody


class AllianceBody(BaseModel):
    """An alliance with its members, present and past."""

    code: str
    name: str
    leads: list[str]
    members: list[MembershipBody]
    leading_groups: list[LeadingGroupBody]
    source: SourceBody


class AlliancesBody(BaseModel):
    """The county's alliances."""

    items: list[AllianceBody]


class LeaveBody(BaseModel):
    """A member leaves by its own will."""

    model_config = ConfigDict(extra="forbid")
    leave_on: Day
    reason: Annotated[str, StringConstraints(min_length=2, max_length=200, strip_whitespace=True)]

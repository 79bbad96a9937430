"""What comes in and goes out about teams, packages and contracts."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.contracts.states import ContractStatus, DeclineReason, EndReason
from backend.web.paging import PageQuery

Drawn = Field(default="", max_length=300_000, description="手写签名，PNG 的 base64")


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TeamsQuery(_Input):
    """Which village's teams come first; the resident's own when left out."""

    village: str | None = Field(default=None, max_length=64)


class Place(BaseModel):
    """A village by code and name."""

    code: str
    name: str


class MemberOut(BaseModel):
    """Somebody in a team."""

    practitioner_id: UUID
    name: str
    title: str
    part: str
    part_text: str


class TeamOut(BaseModel):
    """A team to compare: who, where, what, how full, how soon they answer. No stars."""

    id: UUID
    name: str
    institution: str
    institution_name: str
    phone: str
    villages: list[Place]
    serves_your_village: bool
    yours: bool
    members: list[MemberOut]
    services: list[str]
    signed: int
    cap_warn: int
    cap_block: int
    room: str  # open | nearly_full | full | closed
    room_text: str
    answer_text: str
    actions: list[str]


class TeamsOut(BaseModel):
    """The teams of the county, the nearest first."""

    items: list[TeamOut]
    rule_text: str


class SourceOut(BaseModel):
    """Whose rule it is."""

    id: str
    kind: str
    title: str
    document: str
    sample: bool


class PackageItemOut(BaseModel):
    """One thing a package gives in a year; times 0 means as needed."""

    name: str
    times: int


class FeeOut(BaseModel):
    """Who bears the fee of a year, in fen (MS-4.7b); the three parts make the total."""

    total_fen: int
    fund_fen: int
    public_health_fen: int
    resident_fen: int
    sample: bool
    source: SourceOut


class PackageOut(BaseModel):
    """A package; `fits` says whether the person may take it, `why_not` in plain words why not."""

    code: str
    version: str
    name: str
    plain: str
    items: list[PackageItemOut]
    fee: FeeOut
    fits: bool
    why_not: str


class PackagesOut(BaseModel):
    """The packages in force, those that fit first."""

    items: list[PackageOut]
    term_months: int
    household_allowed: bool


class HouseholdMemberOut(BaseModel):
    """Somebody of one's household whom one may sign together with, and who must write the name."""

    resident_id: UUID
    name: str
    birth_year: int
    relation: str
    hand: str  # self | guardian | authorized | own_hand
    hand_text: str
    signed_with: str | None


class HouseholdOut(BaseModel):
    """The people of one household whom this account may sign up."""

    items: list[HouseholdMemberOut]


class MemberIn(_Input):
    """One person of a household, with their own drawn signature when it must be theirs."""

    resident_id: UUID
    signature: str = Drawn
    package: str = Field(default="", max_length=64)


class ContractIn(_Input):
    """A wish to sign: for the person on the screen, or with `members` for a household together."""

    team_id: UUID
    package: str = Field(min_length=1, max_length=64)
    resident_id: UUID | None = None
    signature: str = Drawn
    members: list[MemberIn] = Field(default_factory=list, max_length=12)
    months_here: int | None = Field(default=None, ge=0, le=1200)
    guardian_name: str = Field(default="", max_length=40)


class RenewIn(_Input):
    """The drawn signature for another term."""

    signature: str = Drawn


class DeclineIn(_Input):
    """Why the team cannot take them."""

    reason: DeclineReason


class EndIn(_Input):
    """Why it ends."""

    reason: EndReason


class ContractsQuery(PageQuery):
    """Which contracts: of a status, of a resident, of a team."""

    status: ContractStatus | None = None
    resident_id: UUID | None = None
    team_id: UUID | None = None


class ResidentOut(BaseModel):
    """Whom it is about, never by name alone."""

    id: UUID
    name: str
    birth_year: int
    village_name: str


class ContractOut(BaseModel):
    """A contract as this actor sees it."""

    id: UUID
    version: int
    kind: str
    household_id: UUID | None
    status: ContractStatus
    status_text: str
    resident: ResidentOut
    team_id: UUID
    team_name: str
    institution_name: str
    doctor_name: str
    phone: str
    package_code: str
    package_name: str
    items: list[PackageItemOut]
    fee: FeeOut
    requested_at: datetime
    from_on: date | None
    last_day: date | None
    days_left: int | None
    signed_text: str
    decline_text: str
    end_text: str
    warning: str
    actions: list[str]


class ContractsOut(BaseModel):
    """A page of contracts."""

    items: list[ContractOut]
    next_cursor: str | None = None


class WorkloadOut(BaseModel):
    """One clinician's services and points of a month (XM-5.2c)."""

    practitioner_id: UUID
    name: str
    points: int
    services: dict[str, int]


class WorkloadsOut(BaseModel):
    """The work of one's institution in a month."""

    month: str
    items: list[WorkloadOut]


class MonthQuery(_Input):
    """A month; the present one when left out."""

    month: str | None = Field(default=None, pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")


class AreaIn(_Input):
    """Villages given into a doctor's charge; who had them before hands them over."""

    practitioner_id: UUID
    villages: list[str] = Field(min_length=1, max_length=60)


class AreaScoreIn(_Input):
    """A month's score of a village doctor."""

    practitioner_id: UUID
    month: str = Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")
    score: int = Field(ge=0, le=100)


class AreaDoctorOut(BaseModel):
    """A village doctor of the area: what they really did this month, and the score."""

    practitioner_id: UUID
    name: str
    points: int
    services: dict[str, int]
    score: int | None


class AreaVillageOut(BaseModel):
    """One village of the area."""

    code: str
    name: str
    supervisor_id: UUID
    supervisor_name: str
    residents: int
    signed: int
    doctors: list[AreaDoctorOut]


class AreasOut(BaseModel):
    """The villages in one's charge, or those of the township for its office."""

    month: str
    items: list[AreaVillageOut]

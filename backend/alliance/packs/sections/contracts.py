"""contracts.toml: packages, key groups, term, switch, cap, points, village management (XM-5.2, MS-4.6)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import (
    Code,
    Count,
    Dated,
    Days,
    Fen,
    Many,
    PackModel,
    Percent,
    Sourced,
    Text,
)

Age = Annotated[int, Field(ge=0, le=150)]


class PackageItem(PackModel):
    """What a package gives in a year; ``times`` 0 means as needed."""

    service: Code
    name: Text
    times: Count
    face_to_face: bool = False


class Package(Dated):
    """A package; fund, public-health money and resident sum to the total (MS-4.7b)."""

    code: Code
    version: Text
    name: Text
    plain: Text
    total_fen: Fen
    fund_fen: Fen
    public_health_fen: Fen
    resident_fen: Fen
    key_groups: Many[Code] = ()
    items: Many[PackageItem]


class KeyGroup(Sourced):
    """A group that is looked after first; who belongs is told by age, disease or an imported list."""

    code: Code
    name: Text
    plain: Text
    belongs_by: Literal["age", "condition", "list"]
    age_from: Age | None = None
    age_to: Age | None = None
    condition: Code | None = None
    target_percent: Percent


class KeyGroupShare(Sourced):
    """The key groups' share among all who signed (XM-5.2a)."""

    percent: Percent


class ContractTerm(Sourced):
    """How long a contract lasts and when its end is told."""

    months: Annotated[int, Field(ge=12, le=36)]
    ends_by_itself: bool
    tell_days_before: Days
    household_contracts: bool
    residence_months: Annotated[int, Field(ge=0, le=24)]


class SwitchRule(Sourced):
    """How a resident chooses another team (XM-5.2c)."""

    notice_days: Days
    times_per_year: Annotated[int, Field(ge=1, le=12)]
    after_months: Annotated[int, Field(ge=0, le=36)] = 0
    always_when: Many[Literal["moved", "team_gone", "complaint_upheld"]]
    text: Text


class Cap(Sourced):
    """How many people a doctor takes: told at ``warn``, stopped at ``block``."""

    warn: Count
    block: Count


class Coverage(Sourced):
    """How many of all residents are to be signed."""

    residents_percent: Percent


class ServicePoints(Sourced):
    """Points for a service really done (XM-5.2c)."""

    service: Code
    name: Text
    points: Annotated[int, Field(ge=0, le=1000)]


class ClinicScore(PackModel):
    """One of the five things in which a township manages its clinics (XM-5.2d, MS-4.3b)."""

    code: Literal["staff", "services", "drugs", "finance", "assessment"]
    name: Text
    weight: Percent


class ClinicManagement(Sourced):
    """How village clinics are scored; weights sum to 100, an entry is due by a day of the month."""

    entry_due_day: Annotated[int, Field(ge=1, le=28)]
    scores: Many[ClinicScore]


class ContractsSection(PackModel):
    """Everything a county settles about sign-up."""

    term: ContractTerm
    switch: SwitchRule
    cap: Cap
    coverage: Coverage
    packages: Many[Package]
    key_groups: Many[KeyGroup]
    key_group_share: KeyGroupShare | None = None
    points: Many[ServicePoints]
    clinic_management: ClinicManagement

    def package(self, code: str) -> Package:
        """The package of that code; KeyError when there is none."""
        for package in self.packages:
            if package.code == code:
                return package
        raise KeyError(code)

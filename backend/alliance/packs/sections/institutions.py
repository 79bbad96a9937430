"""institutions.toml: the departments' catalogue and every institution, from village clinic to provincial hospital."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import Code, Many, PackModel, Phone, Text

InstitutionKind = Literal[
    "village_clinic",
    "township_hospital",
    "centre_township_hospital",
    "community_centre",
    "farm_hospital",
    "county_hospital",
    "county_tcm_hospital",
    "mother_and_child_hospital",
    "upper_hospital",
    "insurance_agency",
    "health_bureau",
    "disease_institute",
]
OFFICES: frozenset[str] = frozenset({"insurance_agency", "health_bureau"})
"""Kinds that treat nobody."""
TOWNSHIP_KINDS: frozenset[str] = frozenset(
    {"township_hospital", "centre_township_hospital", "community_centre", "farm_hospital"}
)
COUNTY_HOSPITAL_KINDS: frozenset[str] = frozenset({"county_hospital", "county_tcm_hospital"})


class DepartmentEntry(PackModel):
    """A department as every institution of the county calls it."""

    code: Code
    name: Text
    kind: Literal["clinical", "technical", "office"]
    plain: Text | None = None


class Desk(PackModel):
    """The referral desk: the second phone is the one on duty at night (MS-4.2.1)."""

    name: Text
    place: Text
    phones: Many[Phone]


class InstitutionEntry(PackModel):
    """One legal person, or one village clinic run by a township (XM-2).

    ``second_name`` is the branch's name on the door (MS-4.3c); ``outside`` means beyond the county's own.
    ``km_to_county_seat`` is told of a house outside, or of one that stands elsewhere than its town.
    """

    code: Code
    level: Code
    kind: InstitutionKind
    name: Text
    short_name: Text
    second_name: Text | None = None
    parent: Code | None = None
    town: Code | None = None
    villages: Many[Code] = ()
    address: Text | None = None
    phones: Many[Phone] = ()
    desk: Desk | None = None
    departments: Many[Code] = ()
    beds: Annotated[int, Field(ge=0, le=10_000)] = 0
    profiles: Many[Code] = ()
    outside: bool = False
    km_to_county_seat: Annotated[int, Field(ge=0, le=5_000)] | None = None
    pickup_place: bool = False

    @property
    def treats(self) -> bool:
        """Whether people are treated there."""
        return self.kind not in OFFICES


class InstitutionsSection(PackModel):
    """Departments and institutions; codes are unique."""

    departments: Many[DepartmentEntry]
    institutions: Many[InstitutionEntry]

    def institution(self, code: str) -> InstitutionEntry:
        """The institution of that code; KeyError when there is none."""
        for entry in self.institutions:
            if entry.code == code:
                return entry
        raise KeyError(code)

    def department(self, code: str) -> DepartmentEntry:
        """The department of that code; KeyError when there is none."""
        for entry in self.departments:
            if entry.code == code:
                return entry
        raise KeyError(code)

    def of_kind(self, *kinds: str) -> tuple[InstitutionEntry, ...]:
        """The institutions of these kinds, in the pack's order."""
        return tuple(entry for entry in self.institutions if entry.kind in kinds)

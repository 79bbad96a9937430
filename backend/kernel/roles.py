"""Who acts: the roles of a county's tiered care, and the actor of one request."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person may be. One account can have several."""

    ANONYMOUS = "anonymous"
    RESIDENT = "resident"
    VILLAGE_DOCTOR = "village_doctor"
    FAMILY_DOCTOR = "family_doctor"
    TEAM_NURSE = "team_nurse"
    DEPARTMENT_HEAD = "department_head"
    INSURANCE_AGENCY = "insurance_agency"
    SPECIALIST = "specialist"
    WARD_DOCTOR = "ward_doctor"
    DESK_CLERK = "desk_clerk"
    MEDICAL_OFFICE = "medical_office"
    PHARMACIST = "pharmacist"
    DISPENSER = "dispenser"
    PUBLIC_HEALTH = "public_health"
    BUREAU = "bureau"
    OPERATOR = "operator"
    SYSTEM = "system"


CLINICAL = frozenset(
    {
        Role.VILLAGE_DOCTOR,
        Role.FAMILY_DOCTOR,
        Role.TEAM_NURSE,
        Role.DEPARTMENT_HEAD,
        Role.SPECIALIST,
        Role.WARD_DOCTOR,
    }
)
"""Roles that treat people."""


class Assurance(StrEnum):
    """How surely a WeChat account belongs to the person of a health record."""

    NONE = "none"
    PHONE = "phone"
    IN_PERSON = "in_person"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request, loaded anew for each one so that revocation is instant.

    `residents` are the records this account may act for, by relation: self, proxy, guardian.
    `acting_for` is the record chosen for this request, or None.
    """

    county_id: str
    account_id: UUID | None
    roles: frozenset[Role]
    name: str = ""
    resident_id: UUID | None = None
    proxied: frozenset[UUID] = frozenset()
    guarded: frozenset[UUID] = frozenset()
    acting_for: UUID | None = None
    practitioner_id: UUID | None = None
    institution: str | None = None  # codes of the county's pack
    department: str | None = None
    team_ids: frozenset[UUID] = field(default_factory=frozenset)
    villages: frozenset[str] = field(default_factory=frozenset)
    assurance: Assurance = Assurance.NONE
    session_id: UUID | None = None

    @property
    def subject_id(self) -> UUID | None:
        """The resident whose affairs this request is about: the chosen one, else oneself."""
        return self.acting_for or self.resident_id

    def is_kin(self, resident_id: UUID) -> bool:
        """Say whether a record is the actor's own or their family's, whomever this request was said to be for."""
        return resident_id in {self.resident_id, *self.proxied, *self.guarded}

    def has(self, *roles: Role) -> bool:
        """Say whether the actor has any of the roles."""
        return not self.roles.isdisjoint(roles)


def system_actor(county_id: str) -> Actor:
    """Return the actor of ticks and relays: it may move states, it reads nobody's record."""
    return Actor(county_id=county_id, account_id=None, roles=frozenset({Role.SYSTEM}), name="系统")

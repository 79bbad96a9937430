"""What the demonstration's people are made of, before they become rows."""

from dataclasses import dataclass
from datetime import date

from backend.kernel.roles import Role


@dataclass(frozen=True, slots=True)
class DemoReading:
    """A value measured so many days before the data are loaded."""

    code: str
    value: float
    unit: str
    days_ago: int
    source: str = "staff"


@dataclass(frozen=True, slots=True)
class DemoResident:
    """An invented resident; `key` names them for the story and for tests."""

    key: str
    name: str
    sex: str
    birth_on: date
    ethnicity: str
    record_number: str
    id_number: str | None
    phone: str | None
    village: str
    household: str
    household_head: str
    address: str
    language: str
    insurance: str
    insured_here: bool
    lacks_capacity: bool
    own_wages: bool
    away_at: str | None
    conditions: tuple[str, ...]
    key_groups: tuple[str, ...]
    readings: tuple[DemoReading, ...]
    story: bool = False


@dataclass(frozen=True, slots=True)
class DemoRelation:
    """Who acts for whom: a proxy runs errands, a guardian consents."""

    resident: str
    acting: str
    kind: str
    relation: str


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A role at an institution; `duty` names a stand-in's duty in the pack."""

    role: Role
    institution: str
    department: str | None = None
    duty: str | None = None


@dataclass(frozen=True, slots=True)
class DemoClinician:
    """An invented clinician, clerk or officer."""

    key: str
    name: str
    title: str
    licence: str
    phone: str
    places: tuple[DemoPlace, ...]

    def has(self, role: Role) -> bool:
        """Whether they hold the role anywhere."""
        return any(place.role is role for place in self.places)


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A care team of a township with its village doctors; members are keys of clinicians."""

    key: str
    name: str
    institution: str
    leader: str
    members: tuple[str, ...]
    villages: tuple[str, ...]
    phone: str


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody of one county's demonstration; `unsigned` are residents who sign up in the story itself."""

    county_id: str
    residents: tuple[DemoResident, ...]
    relations: tuple[DemoRelation, ...]
    clinicians: tuple[DemoClinician, ...]
    teams: tuple[DemoTeam, ...]
    unsigned: frozenset[str] = frozenset()

    def resident(self, key: str) -> DemoResident:
        """The resident of that key; KeyError when there is none."""
        for resident in self.residents:
            if resident.key == key:
                return resident
        raise KeyError(key)

    def clinician(self, key: str) -> DemoClinician:
        """The clinician of that key; KeyError when there is none."""
        for clinician in self.clinicians:
            if clinician.key == key:
                return clinician
        raise KeyError(key)

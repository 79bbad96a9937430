"""Teams and contracts for a demo: every township's teams, and most residents signed; the story's people left free."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.contracts import Package
from backend.alliance.packs.sections.institutions import TOWNSHIP_KINDS
from backend.alliance.queries import villages_served
from backend.contracts.models import CareTeam, CareTeamMember, Contract
from backend.contracts.queries import key_groups_of
from backend.contracts.service import add_months
from backend.contracts.states import ContractStatus, Part, SignedBy
from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.people.models import Practitioner, PractitionerRole, Resident
from backend.records.service import grant
from backend.store import clock

SERVICES = ("看常见病", "上门", "帮忙约号、转诊", "慢病随访", "长期处方")
SIGNED_OF_TEN = 8
_NOBODY = UUID(int=0)


class Population(Protocol):
    """What the demo's people tell: who must stay unsigned so that the story can be played."""

    @property
    def unsigned(self) -> Collection[UUID]:
        """Return the residents that no contract may be made for."""


def load(current: Session, pack: Pack, population: Population) -> int:
    """Make teams and contracts where there are none. Returns how many contracts were made."""
    county_id = pack.county_id
    if current.scalar(select(CareTeam.id).where(CareTeam.county_id == county_id).limit(1)) is not None:
        return 0
    teams = [
        team
        for place in pack.institutions.institutions
        if place.kind in TOWNSHIP_KINDS
        for team in _teams(current, pack, place.code)
    ]
    current.flush()
    return _contracts(current, pack, teams, frozenset(population.unsigned))


def _teams(current: Session, pack: Pack, institution: str) -> list[CareTeam]:
    place = pack.institutions.institution(institution)
    doctors = _people(current, pack.county_id, [institution], Role.FAMILY_DOCTOR)
    villages = sorted(villages_served(pack.county_id, institution))
    nurses = _people(current, pack.county_id, [institution], Role.TEAM_NURSE)
    office = _people(current, pack.county_id, [institution], Role.PUBLIC_HEALTH)
    day = local_day(clock.now(current)) - timedelta(days=700)
    found: list[CareTeam] = []
    for number, leader in enumerate(doctors):
        share = villages[number :: len(doctors)]
        team = CareTeam(
            county_id=pack.county_id,
            institution=institution,
            name=f"{place.short_name}{leader.name[:1]}医生小组",
            phone=leader.phone or next(iter(place.phones), ""),
            villages=share,
            services=[*SERVICES, *(["中医"] if number % 2 else [])],
            answer_minutes=60 if number % 2 else 120,
        )
        if any(team.name == other.name for other in found):
            team.name = f"{place.short_name}{leader.name}小组"
        current.add(team)
        current.flush()
        clinics = [one.code for one in pack.institutions.institutions if set(one.villages) & set(share)]
        village_doctors = _people(current, pack.county_id, clinics, Role.VILLAGE_DOCTOR)
        parts = [(leader, Part.LEADER), *((one, Part.VILLAGE_DOCTOR) for one in village_doctors)]
        parts += [(one, Part.NURSE) for one in nurses[number :: len(doctors)] or nurses[:1]]
        parts += [(one, Part.PUBLIC_HEALTH) for one in office[:1]]
        seen: set[UUID] = set()
        for person, part in parts:
            if person.id not in seen:
                seen.add(person.id)
                current.add(
                    CareTeamMember(
                        county_id=pack.county_id, team_id=team.id, practitioner_id=person.id, part=part, from_on=day
                    )
                )
        found.append(team)
    return found


def _people(current: Session, county_id: str, institutions: list[str], role: Role) -> list[Practitioner]:
    return list(
        current.scalars(
            select(Practitioner)
            .join(
                PractitionerRole,
                (PractitionerRole.county_id == Practitioner.county_id)
                & (PractitionerRole.practitioner_id == Practitioner.id),
            )
            .where(
                Practitioner.county_id == county_id,
                PractitionerRole.institution.in_(institutions),
                PractitionerRole.role == role,
            )
            .order_by(Practitioner.id)
        )
    )


def _contracts(current: Session, pack: Pack, teams: list[CareTeam], unsigned: frozenset[UUID]) -> int:
    day = local_day(clock.now(current))
    by_village = {village: team for team in reversed(teams) for village in team.villages}
    residents = current.scalars(
        select(Resident).where(Resident.county_id == pack.county_id, Resident.died_on.is_(None)).order_by(Resident.id)
    )
    made = 0
    for number, resident in enumerate(residents):
        team = by_village.get(resident.village)
        if team is None or resident.id in unsigned or number % 10 >= SIGNED_OF_TEN:
            continue
        package = _fitting(pack, key_groups_of(resident, pack, day), day)
        # Terms began on different days of the past ten months, so that some end soon.
        from_on = day - timedelta(days=7 + (number * 37) % 300)
        contract = Contract(
            county_id=pack.county_id,
            resident_id=resident.id,
            team_id=team.id,
            institution=team.institution,
            village=resident.village,
            kind="individual",
            status=ContractStatus.ACTIVE,
            package_code=package.code,
            package_version=package.version,
            pack_version=pack.version,
            total_fen=package.total_fen,
            fund_fen=package.fund_fen,
            public_health_fen=package.public_health_fen,
            resident_fen=package.resident_fen,
            from_on=from_on,
            until_on=add_months(from_on, pack.contracts.term.months),
            signed_how=SignedBy.HELPED,
            signed_by=_NOBODY,
            id=new_id(),
        )
        current.add(contract)
        current.flush()
        grant(pack.county_id, resident.id, "contract", contract.id, [f"team:{team.id}"])
        made += 1
    return made


def _fitting(pack: Pack, groups: frozenset[str], day: date) -> Package:
    in_force = [package for package in pack.contracts.packages if package.in_force(day)]
    special = [package for package in in_force if not groups.isdisjoint(package.key_groups)]
    return next(iter(special), next(package for package in in_force if not package.key_groups))

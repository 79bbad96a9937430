"""Teams and contracts for a demo: every township's teams, and most residents signed; the story's people left free."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.contracts import Package
from backend.alliance.queries import pack
from backend.contracts.models import CareTeam, CareTeamMember, Contract
from backend.contracts.queries import key_groups_of
from backend.contracts.service import activate, add_months
from backend.contracts.states import ContractStatus, Part, SignedBy
from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.people.demo.shape import DemoTeam, Population
from backend.people.demo.steps import DemoIds
from backend.people.models import Resident
from backend.store import clock

SERVICES = ("看常见病", "上门", "帮忙约号、转诊", "慢病随访", "长期处方")
SIGNED_OF_TEN = 8
_NOBODY = UUID(int=0)
PARTS = {
    Role.FAMILY_DOCTOR: Part.DOCTOR,
    Role.TEAM_NURSE: Part.NURSE,
    Role.VILLAGE_DOCTOR: Part.VILLAGE_DOCTOR,
    Role.PUBLIC_HEALTH: Part.PUBLIC_HEALTH,
}


def write_contracts(current: Session, population: Population, ids: DemoIds) -> str:
    """Make the population's teams, and contracts for most residents. Returns in Chinese how many."""
    here = pack(population.county_id)
    teams = [_team(current, population, ids, team) for team in population.teams]
    current.flush()
    willing = [resident for key, resident in ids.residents.items() if key not in population.unsigned]
    return f"团队 {len(teams)}、签约 {_contracts(current, here, teams, willing)}"


def _team(current: Session, population: Population, ids: DemoIds, wanted: DemoTeam) -> CareTeam:
    second = wanted.key.endswith("-second")
    team = CareTeam(
        county_id=population.county_id,
        institution=wanted.institution,
        name=wanted.name,
        phone=wanted.phone,
        villages=list(wanted.villages),
        services=[*SERVICES, *(["中医"] if second else [])],
        answer_minutes=60 if second else 120,
    )
    twins = [other for other in population.teams if other.name == wanted.name]
    if len(twins) > 1:
        team.name = wanted.name.replace("医生小组", f"{population.clinician(wanted.leader).name[1:]}医生小组")
    current.add(team)
    current.flush()
    day = local_day(clock.now(current)) - timedelta(days=700)
    for key in wanted.members:
        part = Part.LEADER if key == wanted.leader else PARTS[population.clinician(key).places[0].role]
        current.add(
            CareTeamMember(
                county_id=population.county_id,
                team_id=team.id,
                practitioner_id=ids.clinicians[key],
                part=part,
                from_on=day,
            )
        )
    return team


def _contracts(current: Session, here: Pack, teams: list[CareTeam], willing: list[UUID]) -> int:
    day = local_day(clock.now(current))
    by_village = {village: team for team in reversed(teams) for village in team.villages}
    residents = current.scalars(
        select(Resident).where(Resident.county_id == here.county_id, Resident.id.in_(willing)).order_by(Resident.id)
    )
    made = 0
    for number, resident in enumerate(residents):
        team = by_village.get(resident.village)
        if team is None or number % 10 >= SIGNED_OF_TEN:
            continue
        package = _fitting(here, key_groups_of(resident, here, day), day)
        # Terms began on different days of the past ten months, so that some end soon.
        from_on = day - timedelta(days=7 + (number * 37) % 300)
        contract = Contract(
            county_id=here.county_id,
            resident_id=resident.id,
            team_id=team.id,
            institution=team.institution,
            village=resident.village,
            kind="individual",
            status=ContractStatus.ACTIVE,
            package_code=package.code,
            package_version=package.version,
            pack_version=here.version,
            total_fen=package.total_fen,
            fund_fen=package.fund_fen,
            public_health_fen=package.public_health_fen,
            resident_fen=package.resident_fen,
            from_on=from_on,
            until_on=add_months(from_on, here.contracts.term.months),
            signed_how=SignedBy.HELPED,
            signed_by=_NOBODY,
            id=new_id(),
        )
        current.add(contract)
        current.flush()
        activate(contract, None)
        made += 1
    return made


def _fitting(pack: Pack, groups: frozenset[str], day: date) -> Package:
    in_force = [package for package in pack.contracts.packages if package.in_force(day)]
    special = [package for package in in_force if not groups.isdisjoint(package.key_groups)]
    return next(iter(special), next(package for package in in_force if not package.key_groups))

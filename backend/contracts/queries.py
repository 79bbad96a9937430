"""Reads of teams and contracts that other rooms need too."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.contracts.models import CareTeam, CareTeamMember, Contract
from backend.contracts.rules import GroupRule, groups_of
from backend.contracts.states import ContractStatus, Part
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.people.models import Practitioner, PractitionerRole, Resident
from backend.store import clock
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class TeamView:
    """The team that looks after somebody: whom to ask, whom to phone."""

    team_id: UUID
    name: str
    institution: str
    family_doctor_id: UUID | None
    village_doctor_ids: tuple[UUID, ...]
    phone: str
    answer_minutes: int = 120


@dataclass(frozen=True, slots=True)
class MemberView:
    """Somebody in a team, by name and part."""

    practitioner_id: UUID
    name: str
    title: str
    part: Part
    phone: str


def today() -> date:
    """Return the calendar day in China of domain time."""
    return local_day(clock.now())


def active_contract(county_id: str, resident_id: UUID) -> Contract | None:
    """Return the contract that runs, or None."""
    return session().scalar(
        select(Contract).where(
            Contract.county_id == county_id,
            Contract.resident_id == resident_id,
            Contract.status == ContractStatus.ACTIVE,
        )
    )


def open_request(county_id: str, resident_id: UUID) -> Contract | None:
    """Return the request that still waits for an answer, or None."""
    return session().scalar(
        select(Contract).where(
            Contract.county_id == county_id,
            Contract.resident_id == resident_id,
            Contract.status == ContractStatus.REQUESTED,
        )
    )


def team_of(county_id: str, resident_id: UUID) -> TeamView | None:
    """Return the team a resident has a running contract with, or None."""
    contract = active_contract(county_id, resident_id)
    return None if contract is None else team_view(county_id, contract.team_id)


def village_doctor_of(county_id: str, resident: Resident) -> UUID | None:
    """Return the village doctor who looks after a resident: of their own village where the team has one there.

    A team may look after several villages; None when nobody has a contract, or the team no village doctor.
    """
    team = team_of(county_id, resident.id)
    ids = team.village_doctor_ids if team else ()
    clinics = [one.code for one in pack(county_id).institutions.institutions if resident.village in one.villages]
    here = session().scalars(
        select(PractitionerRole.practitioner_id).where(
            PractitionerRole.county_id == county_id,
            PractitionerRole.practitioner_id.in_(ids),
            PractitionerRole.role == Role.VILLAGE_DOCTOR,
            PractitionerRole.institution.in_(clinics),
            PractitionerRole.from_on <= today(),
            or_(PractitionerRole.until_on.is_(None), PractitionerRole.until_on >= today()),
        )
    )
    own = set(here)
    return next((one for one in ids if one in own), ids[0] if ids else None)


def team_view(county_id: str, team_id: UUID) -> TeamView | None:
    """Return a team with its doctors of today, or None."""
    team = session().get(CareTeam, (county_id, team_id))
    if team is None:
        return None
    people = members(county_id, [team_id]).get(team_id, ())
    leader = next((person for person in people if person.part is Part.LEADER), None)
    doctor = leader or next((person for person in people if person.part is Part.DOCTOR), None)
    return TeamView(
        team_id=team.id,
        name=team.name,
        institution=team.institution,
        family_doctor_id=doctor.practitioner_id if doctor else None,
        village_doctor_ids=tuple(p.practitioner_id for p in people if p.part is Part.VILLAGE_DOCTOR),
        phone=team.phone or (doctor.phone if doctor else ""),
        answer_minutes=team.answer_minutes,
    )


def members(county_id: str, team_ids: list[UUID]) -> dict[UUID, tuple[MemberView, ...]]:
    """Return who is in the teams today, the leader first."""
    order = {part: number for number, part in enumerate(Part)}
    found: dict[UUID, list[MemberView]] = {}
    rows = session().execute(
        select(CareTeamMember, Practitioner)
        .join(
            Practitioner,
            (Practitioner.county_id == CareTeamMember.county_id) & (Practitioner.id == CareTeamMember.practitioner_id),
        )
        .where(CareTeamMember.county_id == county_id, CareTeamMember.team_id.in_(team_ids), *_in_team_today(today()))
    )
    for member, person in rows:
        view = MemberView(person.id, person.name, person.title, Part(member.part), person.phone)
        found.setdefault(member.team_id, []).append(view)
    return {team: tuple(sorted(people, key=lambda p: (order[p.part], p.name))) for team, people in found.items()}


def teams_of_practitioner(current: Session, county_id: str, practitioner_id: UUID) -> frozenset[UUID]:
    """Return the teams somebody is in today; `people` asks this for every actor."""
    day = local_day(clock.now(current))
    return frozenset(
        current.scalars(
            select(CareTeamMember.team_id).where(
                CareTeamMember.county_id == county_id,
                CareTeamMember.practitioner_id == practitioner_id,
                *_in_team_today(day),
            )
        )
    )


def taken(county_id: str, team_ids: list[UUID], *, waiting_too: bool = False) -> dict[UUID, int]:
    """Return how many people each team has signed, with those who wait for its answer if asked."""
    statuses = [ContractStatus.ACTIVE, *([ContractStatus.REQUESTED] if waiting_too else [])]
    rows = session().execute(
        select(Contract.team_id, func.count())
        .where(
            Contract.county_id == county_id,
            Contract.team_id.in_(team_ids),
            Contract.status.in_(statuses),
        )
        .group_by(Contract.team_id)
    )
    return {team: int(number) for team, number in rows}


def key_groups_of(resident: Resident, pack: Pack, day: date) -> frozenset[str]:
    """Return the codes of the key groups a resident belongs to on a day."""
    return groups_of(
        group_rules(pack), resident.birth_on, frozenset(resident.conditions), frozenset(resident.key_groups), day
    )


def group_rules(pack: Pack) -> tuple[GroupRule, ...]:
    """Return the pack's key groups as pure rules."""
    return tuple(
        GroupRule(
            code=group.code,
            age_from=group.age_from,
            age_to=group.age_to,
            condition=group.condition,
            listed=group.belongs_by == "list",
        )
        for group in pack.contracts.key_groups
    )


def _in_team_today(day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        CareTeamMember.from_on <= day,
        or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on > day),
    )

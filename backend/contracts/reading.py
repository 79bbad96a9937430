"""Contracts as an actor sees them, with what they may do now."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.contracts import Package
from backend.alliance.queries import pack as pack_of
from backend.contracts import schemas
from backend.contracts.models import CareTeam, Contract
from backend.contracts.queries import members, taken, today
from backend.contracts.states import CONTRACTS, ContractAction, ContractStatus, SignedBy
from backend.contracts.wording import (
    DECLINE_TEXT,
    END_TEXT,
    SIGNED_TEXT,
    STATUS_TEXT,
    items,
    kept_fee,
    village_names,
)
from backend.kernel.permissions import Relation
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.store import access
from backend.store.db import session


def contract_views(actor: Actor, rows: Sequence[Contract]) -> list[schemas.ContractOut]:
    """Contracts as this actor sees them, with what they may do now."""
    pack, day = pack_of(actor.county_id), today()
    residents = _residents(actor.county_id, {row.resident_id for row in rows})
    found_teams = _teams(actor.county_id, {row.team_id for row in rows})
    people = members(actor.county_id, list(found_teams))
    signed = taken(actor.county_id, list(found_teams))
    names = village_names(pack)
    found = []
    for row in rows:
        resident, team = residents[row.resident_id], found_teams[row.team_id]
        doctor = next(iter(people.get(team.id, ())), None)
        package = _package(pack, row.package_code)
        left = (row.until_on - day).days if row.until_on and row.status == ContractStatus.ACTIVE else None
        nearly = row.status == ContractStatus.REQUESTED and signed.get(team.id, 0) >= pack.contracts.cap.warn
        full = f"小组已签 {signed.get(team.id, 0)} 人，快到 {pack.contracts.cap.block} 人的上限。"
        found.append(
            schemas.ContractOut(
                id=row.id,
                version=row.version,
                kind=row.kind,
                household_id=row.household_id,
                status=ContractStatus(row.status),
                status_text=STATUS_TEXT[ContractStatus(row.status)],
                resident=schemas.ResidentOut(
                    id=resident.id,
                    name=resident.name,
                    birth_year=resident.birth_on.year,
                    village_name=names.get(resident.village, resident.village),
                ),
                team_id=team.id,
                team_name=team.name,
                institution_name=pack.institutions.institution(team.institution).name,
                doctor_name=doctor.name if doctor else "",
                phone=team.phone,
                package_code=row.package_code,
                package_name=package.name if package else row.package_code,
                items=items(package) if package else [],
                fee=kept_fee(pack, row, package),
                requested_at=row.created_at,
                from_on=row.from_on,
                last_day=_last_day(row),
                days_left=left,
                signed_text=SIGNED_TEXT[SignedBy(row.signed_how)],
                decline_text=DECLINE_TEXT.get(row.decline_reason or "", ""),
                end_text=END_TEXT.get(row.end_reason or "", ""),
                warning=full if nearly else "",
                actions=_actions(actor, row, left, pack.contracts.term.tell_days_before),
            )
        )
    return found


def _residents(county_id: str, ids: set[UUID]) -> dict[UUID, Resident]:
    rows = session().scalars(select(Resident).where(Resident.county_id == county_id, Resident.id.in_(ids)))
    return {row.id: row for row in rows}


def _teams(county_id: str, ids: set[UUID]) -> dict[UUID, CareTeam]:
    rows = session().scalars(select(CareTeam).where(CareTeam.county_id == county_id, CareTeam.id.in_(ids)))
    return {row.id: row for row in rows}


def _package(pack: Pack, code: str) -> Package | None:
    try:
        return pack.contracts.package(code)
    except KeyError:
        return None


def _last_day(row: Contract) -> date | None:
    if row.until_on is None or row.from_on is None:
        return None
    return max(row.from_on, row.until_on - timedelta(days=1))


_PERMISSION = {
    ContractAction.ACCEPT: "contract.answer",
    ContractAction.DECLINE: "contract.answer",
    ContractAction.CANCEL: "contract.cancel",
    ContractAction.END: "contract.end",
}


def _actions(actor: Actor, row: Contract, days_left: int | None, tell_days_before: int) -> list[str]:
    """What the table allows from here, and the permissions allow this actor on this row."""
    found = []
    for action in CONTRACTS.actions_from(ContractStatus(row.status), actor):
        permission = _PERMISSION.get(action)
        if permission is not None and _stands(actor, row, permission):
            found.append(str(action))
    if days_left is not None and days_left <= tell_days_before and _stands(actor, row, "contract.cancel"):
        found.append("renew")
    return found


def _stands(actor: Actor, row: Contract, action: str) -> bool:
    # The same question that the SQL predicate asks, answered from the row at hand: a list must not ask once a row.
    relations = {
        relation
        for role, allowed in access.catalogue.get(action).grants.items()
        if role in actor.roles
        for relation in allowed
    }
    subject = actor.subject_id == row.resident_id
    return (
        (Relation.SELF in relations and subject and actor.resident_id == row.resident_id)
        or (Relation.PROXY in relations and subject and row.resident_id in actor.proxied)
        or (Relation.GUARDIAN in relations and subject and row.resident_id in actor.guarded)
        or (Relation.TEAM in relations and row.team_id in actor.team_ids)
        or (Relation.INSTITUTION in relations and row.institution == actor.institution)
    )

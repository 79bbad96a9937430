"""The bureau's two figures of sign-up (XM-5.2a): key groups among the signed, and the signed of each key group.

People are counted once, however many groups they are in (FD-05).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from backend.alliance.queries import pack as pack_of
from backend.contracts.models import CareTeam, Contract
from backend.contracts.queries import group_rules, today
from backend.contracts.rules import GroupRule
from backend.contracts.states import ContractStatus
from backend.people.models import Resident
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class Share:
    """Some of all; `percent` is None when there is nobody."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Return the share in percent with one decimal."""
        return round(100 * self.part / self.whole, 1) if self.whole else None


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """The figures of the county, one village or one team."""

    scope: str  # county | village | team
    code: str
    name: str
    signed: Share  # of the residents; a team's whole is itself
    key_among_signed: Share
    groups: Mapping[str, Share] = field(default_factory=dict)  # signed of each key group


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every row with the pack's targets beside it."""

    county: CoverageRow
    villages: tuple[CoverageRow, ...]
    teams: tuple[CoverageRow, ...]
    target_signed_percent: int
    target_key_percent: int | None
    group_targets: Mapping[str, tuple[str, int]]  # code -> Chinese name, percent


def coverage(county_id: str) -> Coverage:
    """Count the living residents on file, by village and by team."""
    pack = pack_of(county_id)
    rules, day = group_rules(pack), today()
    names = {village.code: village.name for town in pack.places.towns for village in town.villages}
    villages = _rows(county_id, "village", Resident.village, rules, day, names)
    teams = dict(session().execute(select(CareTeam.id, CareTeam.name).where(CareTeam.county_id == county_id)).all())
    by_team = _rows(
        county_id, "team", Contract.team_id, rules, day, {str(k): v for k, v in teams.items()}, only_signed=True
    )
    share = pack.contracts.key_group_share
    return Coverage(
        county=_sum(county_id, pack.county.name, villages),
        villages=villages,
        teams=by_team,
        target_signed_percent=pack.contracts.coverage.residents_percent,
        target_key_percent=share.percent if share else None,
        group_targets={group.code: (group.name, group.target_percent) for group in pack.contracts.key_groups},
    )


def _rows(
    county_id: str,
    scope: str,
    by: Any,
    rules: tuple[GroupRule, ...],
    day: date,
    names: Mapping[str, str],
    *,
    only_signed: bool = False,
) -> tuple[CoverageRow, ...]:
    signed = Contract.id.is_not(None)
    inside = {rule.code: _belongs(rule, day) for rule in rules}
    any_group = or_(false(), *inside.values())
    columns = [
        by,
        func.count(),
        func.count().filter(signed),
        func.count().filter(and_(signed, any_group)),
    ]
    for condition in inside.values():
        columns += [func.count().filter(condition), func.count().filter(and_(condition, signed))]
    joined = and_(
        Contract.county_id == Resident.county_id,
        Contract.resident_id == Resident.id,
        Contract.status == ContractStatus.ACTIVE,
    )
    query = select(*columns).select_from(Resident).join(Contract, joined, isouter=not only_signed)
    query = query.where(Resident.county_id == county_id, Resident.died_on.is_(None)).group_by(by).order_by(by)
    found = []
    for row in session().execute(query):
        code, people, with_contract, key_signed, *pairs = row
        groups = {name: Share(pairs[2 * n + 1], pairs[2 * n]) for n, name in enumerate(inside)}
        found.append(
            CoverageRow(
                scope=scope,
                code=str(code),
                name=names.get(str(code), str(code)),
                signed=Share(with_contract, people),
                key_among_signed=Share(key_signed, with_contract),
                groups=groups,
            )
        )
    return tuple(found)


def _belongs(rule: GroupRule, day: date) -> ColumnElement[bool]:
    if rule.listed:
        return Resident.key_groups.contains([rule.code])
    if rule.condition is not None:
        return Resident.conditions.contains([rule.condition])
    age = func.date_part("year", func.age(day, Resident.birth_on))
    return and_(age >= (rule.age_from or 0), age <= (150 if rule.age_to is None else rule.age_to))


def _sum(county_id: str, name: str, rows: tuple[CoverageRow, ...]) -> CoverageRow:
    def added(shares: list[Share]) -> Share:
        return Share(sum(share.part for share in shares), sum(share.whole for share in shares))

    codes = rows[0].groups if rows else {}
    return CoverageRow(
        scope="county",
        code=county_id,
        name=name,
        signed=added([row.signed for row in rows]),
        key_among_signed=added([row.key_among_signed for row in rows]),
        groups={code: added([row.groups[code] for row in rows]) for code in codes},
    )

"""The people a doctor answers for: a village doctor's village, a team's signed residents, house by house."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, literal, or_, select, tuple_

from backend.alliance.queries import pack as pack_of
from backend.contracts import roster_schemas as schemas
from backend.contracts.models import Contract
from backend.contracts.queries import key_groups_of, today
from backend.contracts.states import ContractStatus
from backend.contracts.wording import village_names
from backend.kernel.errors import Malformed
from backend.kernel.roles import Actor, Role
from backend.people.models import Resident
from backend.people.residents import cards
from backend.store import access
from backend.store.db import session
from backend.web.paging import decode, encode

_BY_VILLAGE = (Role.VILLAGE_DOCTOR, Role.PUBLIC_HEALTH)
_ORDER = (Resident.village, func.length(Resident.household), Resident.household, Resident.birth_on, Resident.id)
"""As one walks: village by village, house by house, the eldest first."""


def roster(actor: Actor, query: schemas.RosterQuery) -> schemas.RosterOut:
    """Return a page of the actor's own people, and how many there are in each village."""
    mine = _mine(actor)
    villages = session().execute(
        mine.with_only_columns(Resident.village, func.count()).group_by(Resident.village).order_by(Resident.village)
    )
    names = village_names(pack_of(actor.county_id))
    if query.village:
        mine = mine.where(Resident.village == query.village)
    rows, cursor = _page(mine, query)
    return schemas.RosterOut(
        items=_cards(actor, rows),
        next_cursor=cursor,
        villages=[
            schemas.RosterVillage(code=code, name=names.get(code, code), people=people) for code, people in villages
        ],
    )


def _mine(actor: Actor) -> Select[Any]:
    # Inside what the search may see: a role that sees a village or a team's people here sees no more than there.
    signed = exists().where(
        Contract.county_id == Resident.county_id,
        Contract.resident_id == Resident.id,
        Contract.status == ContractStatus.ACTIVE,
        Contract.team_id.in_(actor.team_ids),
    )
    ways = [signed, *([Resident.village.in_(actor.villages)] if actor.has(*_BY_VILLAGE) else [])]
    return access.scoped_query(Resident, actor, "resident.search").where(Resident.died_on.is_(None), or_(*ways))


def _page(mine: Select[Any], query: schemas.RosterQuery) -> tuple[list[Resident], str | None]:
    if query.cursor is not None:
        last = session().scalar(mine.where(Resident.id == decode(query.cursor)))
        if last is None:
            raise Malformed("cursor", "翻页的位置不对，请回到第一页。")
        place = (last.village, len(last.household), last.household, last.birth_on, last.id)
        mine = mine.where(tuple_(*_ORDER) > tuple_(*(literal(value) for value in place)))
    rows = list(session().scalars(mine.order_by(*_ORDER).limit(query.limit + 1)))
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    return rows, encode(rows[-1].id) if more else None


def _cards(actor: Actor, rows: Sequence[Resident]) -> list[schemas.RosterCard]:
    pack, day = pack_of(actor.county_id), today()
    signed = _signed(actor, [row.id for row in rows])
    found = []
    for row, card in zip(rows, cards(actor.county_id, rows), strict=True):
        groups = key_groups_of(row, pack, day)
        found.append(
            schemas.RosterCard(
                **card.model_dump(),
                groups=[one.name for one in pack.contracts.key_groups if one.code in groups],
                signed=row.id in signed,
            )
        )
    return found


def _signed(actor: Actor, ids: list[UUID]) -> set[UUID]:
    """Return who of them has a running contract with one of the actor's own teams."""
    return set(
        session().scalars(
            select(Contract.resident_id).where(
                Contract.county_id == actor.county_id,
                Contract.resident_id.in_(ids),
                Contract.status == ContractStatus.ACTIVE,
                Contract.team_id.in_(actor.team_ids),
            )
        )
    )

"""Finding residents and showing them: within sight only, namesakes told apart, every look written down."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, extract, func, or_, select

from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor
from backend.people import family, places
from backend.people.identity import IdentityRefused, masked, read_identity_number, under_fourteen
from backend.people.models import Account, Resident
from backend.people.names import folded_name
from backend.people.queries import resident_needs_guardian
from backend.people.resident_schemas import FoundPerson, LookUp, ResidentCard, ResidentQuery, ResidentView
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.vault import vault
from backend.web import rates
from backend.web.paging import fetch_page

_MOST_NAMESAKES = 20
_MOST_WORDS = 6
OFFERED = (
    "hand_over_code.issue",
    "authority.register",
    "resident.correct",
    "related_person.read",
    "record.read",
    "follow_up_plan.read_of",
    "order.write",
)
"""What may be done next with a resident; of other rooms only the names, the catalogue knows who may."""
LISTED = ("contract.read", "conversation.read", "prescription.read", "referral.read")
"""Lists about a resident that an actor may ask other rooms for; which rows they show is those rooms' own."""


def search(actor: Actor, query: ResidentQuery) -> tuple[list[ResidentCard], str | None]:
    """Return a page of the residents in the actor's sight whom every word fits, in walking order within the page."""
    found = access.scoped_query(Resident, actor, "resident.search").where(Resident.died_on.is_(None))
    for word in query.search.split()[:_MOST_WORDS]:
        found = found.where(_fits(actor.county_id, word))
    if query.village:
        found = found.where(Resident.village == query.village)
    rows, cursor = fetch_page(found, Resident.id, query, newest_first=False)
    rows.sort(key=lambda row: (row.village, len(row.household), row.household, row.birth_on))
    return cards(actor.county_id, rows), cursor


def cards(county_id: str, rows: Sequence[Resident]) -> list[ResidentCard]:
    """Return residents as they stand on a list. The caller has kept to what the actor may see."""
    namesakes = _namesakes(county_id, rows)
    return [ResidentCard.model_validate(_card(row, namesakes)) for row in rows]


def look_up(actor: Actor, wanted: LookUp) -> list[FoundPerson]:
    """Find who stands here by something only they and their papers say. Shows no health; is written down.

    Raises Invalid for a number that cannot be one.
    """
    rates.hit("look-up", str(actor.account_id), most=200, seconds=3600)
    query = select(Resident).where(Resident.county_id == actor.county_id, Resident.died_on.is_(None))
    rows = session().scalars(_by_papers(query, wanted).limit(_MOST_NAMESAKES)).all()
    way = "id_number" if wanted.id_number else "record_number" if wanted.record_number else "name"
    for row in rows:
        audit.record(session(), actor, "resident.look_up", "resident", row.id, resident_id=row.id, detail={"by": way})
    return [
        FoundPerson(
            id=row.id,
            name=row.name,
            sex=row.sex,
            birth_year=row.birth_on.year,
            village_name=places.village_name(row.county_id, row.village),
            household_head=row.household_head,
        )
        for row in rows
    ]


def view(actor: Actor, row: Resident) -> ResidentView:
    """Return a resident's head of record. The caller has authorized and so audited it."""
    day = local_day(clock.now())
    id_number = vault().open(row, "id_number")
    return ResidentView.model_validate(
        _card(row, _namesakes(row.county_id, [row]))
        | {
            "birth_on": row.birth_on,
            "ethnicity": row.ethnicity,
            "language": row.language,
            "record_number": row.record_number,
            "id_number_masked": masked(id_number) if id_number else None,
            "phone": vault().open(row, "phone"),
            "address": vault().open(row, "address"),
            "insurance": row.insurance,
            "insured_here": row.insured_here,
            "lacks_capacity": row.lacks_capacity,
            "own_wages": row.own_wages,
            "needs_guardian": resident_needs_guardian(row, day),
            "under_fourteen": under_fourteen(row.birth_on, day),
            "on_wechat": on_wechat(row),
            "died_on": row.died_on,
            "related": family.rows_of(actor, row) if may(actor, row.id, "related_person.read") else [],
            "actions": [
                *(action for action in OFFERED if may(actor, row.id, action)),
                *(action for action in LISTED if not actor.roles.isdisjoint(access.catalogue.get(action).grants)),
            ],
            "version": row.version,
        }
    )


def may(actor: Actor, resident_id: UUID, action: str) -> bool:
    """Say whether the actor may do something with a resident, without leaving an audit row."""
    if actor.roles.isdisjoint(access.catalogue.get(action).grants):
        return False
    query = access.scoped_query(Resident, actor, action).where(Resident.id == resident_id)
    return session().scalar(select(query.exists())) is True


def on_wechat(row: Resident) -> bool:
    """Say whether somebody has a WeChat account of their own here."""
    query = select(Account.id).where(Account.county_id == row.county_id, Account.resident_id == row.id)
    return session().scalar(query) is not None


def _fits(county_id: str, word: str) -> ColumnElement[bool]:
    folded = folded_name(word)
    if re.fullmatch(r"(19|20)[0-9]{2}", folded):
        return extract("year", Resident.birth_on) == int(folded)
    ways = [
        Resident.name_folded.contains(folded, autoescape=True),
        Resident.village.in_(places.villages_like(county_id, folded)),
    ]
    if re.fullmatch(r"[a-z0-9]+", folded):
        # The whole pinyin stands first, the initials behind a gap.
        ways.append(Resident.name_pinyin.startswith(folded, autoescape=True))
        ways.append(Resident.name_pinyin.contains(f" {folded}", autoescape=True))
    return or_(*ways)


def _by_papers(query: Select[Resident], wanted: LookUp) -> Select[Resident]:
    if wanted.record_number:
        return query.where(Resident.record_number == wanted.record_number.strip())
    if wanted.id_number:
        try:
            number = read_identity_number(wanted.id_number, local_day(clock.now())).number
        except IdentityRefused as reason:
            raise Invalid("id_number", str(reason)) from reason
        return query.where(Resident.id_number_index == id_number_index(number))
    return query.where(Resident.name_folded == folded_name(wanted.name), Resident.birth_on == wanted.birth_on)


def id_number_index(number: str) -> bytes:
    """Return the lookup value of a checked identity number."""
    return vault().blind_index("id_number", number)


def _namesakes(county_id: str, rows: Sequence[Resident]) -> frozenset[tuple[str, str]]:
    """Return (village, folded name) pairs that more than one living resident has."""
    if not rows:
        return frozenset()
    found = session().execute(
        select(Resident.village, Resident.name_folded)
        .where(
            Resident.county_id == county_id,
            Resident.died_on.is_(None),
            Resident.village.in_({row.village for row in rows}),
            Resident.name_folded.in_({row.name_folded for row in rows}),
        )
        .group_by(Resident.village, Resident.name_folded)
        .having(func.count() > 1)
    )
    return frozenset((row.village, row.name_folded) for row in found)


def _card(row: Resident, namesakes: frozenset[tuple[str, str]]) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "sex": row.sex,
        "birth_year": row.birth_on.year,
        "village": row.village,
        "village_name": places.village_name(row.county_id, row.village),
        "household": row.household,
        "household_head": row.household_head,
        "namesake": (row.village, row.name_folded) in namesakes,
        "away_at": row.away_at,
        "conditions": row.conditions,
        "key_groups": row.key_groups,
    }

"""Who may see a record by grant, as one SQL predicate; and the values that were measured."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from backend.kernel.roles import Actor
from backend.records.models import AccessGrant, Reading, Visit
from backend.store import clock
from backend.store.db import session

AFTER_VISIT = timedelta(days=30)
"""How long a house goes on reading after a visit that sent somebody up: docs/decisions/0014."""


def grantees_of(actor: Actor) -> list[str]:
    """Return every name under which the actor may have been granted sight."""
    names = [f"team:{team}" for team in sorted(actor.team_ids)]
    if actor.practitioner_id:
        names.append(f"practitioner:{actor.practitioner_id}")
    if actor.institution:
        names.append(f"institution:{actor.institution}")
    return names


def granted(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the predicate of Relation.GRANTED: a live grant on the row's resident; some end by themselves."""
    names = grantees_of(actor)
    if not names:
        return false()
    column = model.id if model.__tablename__ == "resident" else model.resident_id
    return exists().where(
        AccessGrant.county_id == model.county_id,
        AccessGrant.resident_id == column,
        *_holds(),
        AccessGrant.grantee.in_(names),
        ~_visit_long_over(),
    )


def granted_by(model: Any, basis: str, basis_id: Any, grantee: str) -> ColumnElement[bool]:
    """Return the predicate that one reason gives somebody sight of the row's resident now."""
    return exists().where(
        AccessGrant.county_id == model.county_id,
        AccessGrant.resident_id == model.resident_id,
        *_holds(),
        AccessGrant.basis == basis,
        AccessGrant.basis_id == basis_id,
        AccessGrant.grantee == grantee,
    )


def _holds() -> tuple[ColumnElement[bool], ...]:
    return (
        AccessGrant.ended_at.is_(None),
        or_(AccessGrant.until_at.is_(None), AccessGrant.until_at > clock.sql_now()),
    )


def _visit_long_over() -> ColumnElement[bool]:
    giving = aliased(Visit)  # the question may be about visits themselves: theirs is another row
    return and_(
        AccessGrant.basis == "visit",
        exists().where(
            giving.county_id == AccessGrant.county_id,
            giving.id == AccessGrant.basis_id,
            giving.finished_at <= clock.sql_now() - AFTER_VISIT,
        ),
    )


def readings_since(county_id: str, resident_id: UUID, codes: Collection[str], since: datetime) -> list[Reading]:
    """Return values of these kinds from an instant on, the oldest first; the caller has authorised."""
    return list(
        session().scalars(
            select(Reading)
            .where(
                Reading.county_id == county_id,
                Reading.resident_id == resident_id,
                Reading.code.in_(codes),
                Reading.taken_at >= since,
            )
            .order_by(Reading.taken_at, Reading.id)
        )
    )


def latest_readings(county_id: str, resident_ids: Collection[UUID], codes: Collection[str]) -> list[Reading]:
    """Return the newest value of each kind of each person; the caller has authorised."""
    return list(
        session().scalars(
            select(Reading)
            .ext(distinct_on(Reading.resident_id, Reading.code))
            .where(
                Reading.county_id == county_id,
                Reading.resident_id.in_(resident_ids),
                Reading.code.in_(codes),
            )
            .order_by(Reading.resident_id, Reading.code, Reading.taken_at.desc(), Reading.id.desc())
        )
    )

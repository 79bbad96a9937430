"""Who may see a record by grant, as one SQL predicate."""

from typing import Any

from sqlalchemy import ColumnElement, exists, false

from backend.kernel.roles import Actor
from backend.records.models import AccessGrant


def grantees_of(actor: Actor) -> list[str]:
    """Return every name under which the actor may have been granted sight."""
    names = [f"team:{team}" for team in sorted(actor.team_ids)]
    if actor.practitioner_id:
        names.append(f"practitioner:{actor.practitioner_id}")
    if actor.institution:
        names.append(f"institution:{actor.institution}")
    return names


def granted(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the predicate of Relation.GRANTED: a live grant on the row's resident."""
    names = grantees_of(actor)
    if not names:
        return false()
    column = model.id if model.__tablename__ == "resident" else model.resident_id
    return exists().where(
        AccessGrant.county_id == model.county_id,
        AccessGrant.resident_id == column,
        AccessGrant.ended_at.is_(None),
        AccessGrant.grantee.in_(names),
    )

"""Access grants: written by higher floors, read by one predicate."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from backend.kernel.ids import new_id
from backend.records.models import AccessGrant
from backend.store import clock
from backend.store.db import session


def grant(county_id: str, resident_id: UUID, basis: str, basis_id: UUID, grantees: Iterable[str]) -> None:
    """Let teams (`team:<uuid>`), institutions or practitioners see a record for a stated reason."""
    for grantee in grantees:
        session().execute(
            insert(AccessGrant)
            .values(
                county_id=county_id,
                id=new_id(),
                resident_id=resident_id,
                grantee=grantee,
                basis=basis,
                basis_id=basis_id,
            )
            .on_conflict_do_update(
                index_elements=["county_id", "resident_id", "basis", "basis_id", "grantee"], set_={"ended_at": None}
            )
        )


def end_grants(county_id: str, basis: str, basis_id: UUID, *, grantee: str | None = None) -> None:
    """End every sight that a reason gave; effective with the next request."""
    query = (
        update(AccessGrant)
        .where(
            AccessGrant.county_id == county_id,
            AccessGrant.basis == basis,
            AccessGrant.basis_id == basis_id,
            AccessGrant.ended_at.is_(None),
        )
        .values(ended_at=clock.sql_now())
    )
    session().execute(query if grantee is None else query.where(AccessGrant.grantee == grantee))

"""Access grants, and values that were measured: written by higher floors and by the people themselves."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from backend.kernel.errors import Invalid
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.records import measures
from backend.records.events import ReadingsTaken
from backend.records.measures import Measured
from backend.records.models import AccessGrant, Reading
from backend.store import audit, clock, events
from backend.store.db import session

CLOCKS_DIFFER = timedelta(minutes=15)
"""How far a phone's clock may be ahead of ours."""


def grant(
    county_id: str,
    resident_id: UUID,
    basis: str,
    basis_id: UUID,
    grantees: Iterable[str],
    *,
    until: datetime | None = None,
) -> None:
    """Let teams (`team:<uuid>`), institutions or practitioners see a record for a stated reason, until an instant."""
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
                until_at=until,
            )
            .on_conflict_do_update(
                index_elements=["county_id", "resident_id", "basis", "basis_id", "grantee"],
                set_={"ended_at": None, "until_at": until},
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


def hand_on_grant(county_id: str, basis: str, basis_id: UUID, before: str, after: str) -> None:
    """Let somebody else have the sight that one had for a reason, until the same instant; nothing where none holds."""
    held = session().scalar(
        select(AccessGrant).where(
            AccessGrant.county_id == county_id,
            AccessGrant.basis == basis,
            AccessGrant.basis_id == basis_id,
            AccessGrant.grantee == before,
            AccessGrant.ended_at.is_(None),
        )
    )
    if held is None:
        return
    end_grants(county_id, basis, basis_id, grantee=before)
    grant(county_id, held.resident_id, basis, basis_id, [after], until=held.until_at)


def end_later(county_id: str, basis: str, basis_id: UUID, grantee: str, until: datetime) -> None:
    """Let a sight that stands end by itself at an instant; one that has ended stays ended."""
    session().execute(
        update(AccessGrant)
        .where(
            AccessGrant.county_id == county_id,
            AccessGrant.basis == basis,
            AccessGrant.basis_id == basis_id,
            AccessGrant.grantee == grantee,
            AccessGrant.ended_at.is_(None),
        )
        .values(until_at=until)
    )


def record_readings(
    actor: Actor, resident_id: UUID, values: Sequence[Measured], *, taken_at: datetime | None = None
) -> UUID:
    """Write down values measured together and return their set's id; the caller has authorised.

    Raises Invalid for an unknown item, a foreign unit, an impossible value, swapped pressure, or a time to come.
    """
    measures.check(values)
    at = _measured_at(taken_at)
    set_id, source = new_id(), _source(actor, resident_id)
    for one in values:
        session().add(
            Reading(
                county_id=actor.county_id,
                resident_id=resident_id,
                code=one.code,
                value=one.value,
                unit=one.unit,
                taken_at=at,
                source=source,
                practitioner_id=actor.practitioner_id if source == "staff" else None,
                institution=actor.institution if source == "staff" else None,
                set_id=set_id,
            )
        )
    session().flush()
    audit.record(session(), actor, "reading.write", "reading", set_id, resident_id=resident_id)
    events.publish(
        ReadingsTaken(
            county_id=actor.county_id,
            resident_id=resident_id,
            set_id=set_id,
            source=source,
            practitioner_id=actor.practitioner_id if source == "staff" else None,
        )
    )
    return set_id


def _measured_at(given: datetime | None) -> datetime:
    # A value of tomorrow would stay the newest one: it would hide every later value, and pass for fresh for ever.
    now = clock.now()
    if given is None:
        return now
    if given > now + CLOCKS_DIFFER:
        raise Invalid("taken_at_future", "量的时间还没到。请把手机时间调准，再记一次。")
    return min(given, now)


def _source(actor: Actor, resident_id: UUID) -> str:
    if actor.practitioner_id is not None and actor.acting_for is None and actor.resident_id != resident_id:
        return "staff"
    return "self" if actor.resident_id == resident_id else "proxy"

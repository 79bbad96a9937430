"""Whom to call about a patient: the family that is tied to the record, the guardian first. Domain-review 5.1 row 3."""

from sqlalchemy import select

from backend.people.models import Account, RelatedPerson, Resident
from backend.store.db import session
from backend.store.vault import vault


def contact_of(resident: Resident) -> dict[str, str] | None:
    """Return name, relation and, where it is on file, the phone of the nearest of kin; None when nobody is tied."""
    found = session().scalar(
        select(RelatedPerson)
        .where(
            RelatedPerson.county_id == resident.county_id,
            RelatedPerson.resident_id == resident.id,
            RelatedPerson.revoked_at.is_(None),
        )
        .order_by(RelatedPerson.kind == "proxy", RelatedPerson.id)
        .limit(1)
    )
    if found is None:
        return None
    own = session().scalar(
        select(Resident)
        .join(Account, (Account.county_id == Resident.county_id) & (Account.resident_id == Resident.id))
        .where(Account.county_id == found.county_id, Account.id == found.account_id)
    )
    phone = vault().open(own, "phone") if own is not None else None
    return {"name": found.name, "relation": found.relation, "phone": phone or ""}

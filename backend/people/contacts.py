"""Whom to phone about somebody: their own number, then the family that acts for them."""

from dataclasses import dataclass

from sqlalchemy import select

from backend.people.models import Account, RelatedPerson, Resident
from backend.store.db import session
from backend.store.vault import vault


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who picks up the phone."""

    name: str
    relation: str  # 本人, 女儿 ...
    phone: str


def contacts_of(resident: Resident) -> list[Contact]:
    """Return whom to phone about a resident, themselves first; one number stands once. The caller has authorised."""
    found = [Contact(resident.name, "本人", vault().open(resident, "phone") or "")]
    rows = session().execute(
        select(RelatedPerson, Resident)
        .join(Account, (Account.county_id == RelatedPerson.county_id) & (Account.id == RelatedPerson.account_id))
        .join(Resident, (Resident.county_id == Account.county_id) & (Resident.id == Account.resident_id))
        .where(
            RelatedPerson.county_id == resident.county_id,
            RelatedPerson.resident_id == resident.id,
            RelatedPerson.revoked_at.is_(None),
        )
        .order_by(RelatedPerson.kind, RelatedPerson.id)
    )
    for family, their_record in rows:
        found.append(Contact(their_record.name, family.relation, vault().open(their_record, "phone") or ""))
    by_number = {contact.phone: contact for contact in reversed(found) if contact.phone}
    return [contact for contact in found if by_number.get(contact.phone) is contact]

"""How people are shown: who I am, my family, my sessions."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from backend.kernel.roles import Actor
from backend.people import places, privacy
from backend.people.models import Account, RelatedPerson, Resident
from backend.people.queries import actor_of
from backend.people.schemas import Me, MeResident, MeStaff, Named
from backend.store.db import session


def me_of(actor: Actor) -> Me:
    """Return who the actor is."""
    residents = my_residents(actor)
    own = next((row.name for row in residents if row.relation == "self"), "")
    consents = privacy.live_consents(actor.county_id, actor.account_id)
    return Me(
        county=Named(id=actor.county_id, name=places.county_name(actor.county_id)),
        person=Named(id=str(actor.account_id), name=actor.name or own),
        staff=_staff(actor),
        residents=residents,
        acting_for=actor.acting_for,
        privacy_consent_needed=not privacy.agrees(consents, "notice"),
        health_consent_needed=not privacy.agrees(consents, "health"),
    )


def my_residents(actor: Actor) -> list[MeResident]:
    """Return oneself first, then the family in order of their joining."""
    family = actor.proxied | actor.guarded
    wanted = family | ({actor.resident_id} if actor.resident_id else frozenset())
    if not wanted:
        return []
    found = {
        row.id: row
        for row in session().scalars(
            select(Resident).where(Resident.county_id == actor.county_id, Resident.id.in_(wanted))
        )
    }
    shown = []
    if actor.resident_id is not None:
        shown.append(_resident(found[actor.resident_id], "self", str(actor.assurance)))
    verified = _verified(actor, family)
    for resident_id in sorted(family, key=str):
        relation = "guardian" if resident_id in actor.guarded else "proxy"
        assurance = "in_person" if resident_id in verified else "none"
        shown.append(_resident(found[resident_id], relation, assurance))
    return shown


def _verified(actor: Actor, family: Iterable[UUID]) -> frozenset[UUID]:
    return frozenset(
        session().scalars(
            select(RelatedPerson.resident_id).where(
                RelatedPerson.county_id == actor.county_id,
                RelatedPerson.account_id == actor.account_id,
                RelatedPerson.resident_id.in_(family),
                RelatedPerson.revoked_at.is_(None),
                RelatedPerson.verified_by.is_not(None),
            )
        )
    )


def _resident(row: Resident, relation: str, assurance: str) -> MeResident:
    return MeResident.model_validate(
        {
            "id": row.id,
            "name": row.name,
            "relation": relation,
            "birth_year": row.birth_on.year,
            "village": places.village_name(row.county_id, row.village),
            "assurance": assurance,
        }
    )


def _staff(actor: Actor) -> MeStaff | None:
    if actor.practitioner_id is None or actor.institution is None:
        return None
    return MeStaff(
        practitioner_id=actor.practitioner_id,
        name=actor.name,
        roles=sorted(role for role in actor.roles if role != "resident"),
        institution=Named(id=actor.institution, name=places.institution_name(actor.county_id, actor.institution)),
        department=actor.department,
    )


def fresh_residents(actor: Actor) -> list[MeResident]:
    """Return the family as it is after a claim within this request."""
    account = session().get(Account, (actor.county_id, actor.account_id))
    assert account is not None
    return my_residents(actor_of(session(), account))

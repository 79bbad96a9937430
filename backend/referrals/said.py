"""Who speaks for a patient, how it was heard, and what the rules look at. MS-4.2.2u2, domain-review 2.6."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from backend.kernel.clock import age_on, local_day
from backend.kernel.errors import Forbidden
from backend.kernel.roles import Actor, Role
from backend.people import authorities, kinship
from backend.people.models import Practitioner, RelatedPerson, Resident
from backend.people.models_authority import WrittenAuthority
from backend.people.names import same_person
from backend.people.queries import resident_needs_guardian
from backend.referrals.consent_rules import ConsentFacts
from backend.referrals.models import Referral, ReferralConsent
from backend.referrals.states import DOCTORS, ConsentStatus
from backend.store import clock
from backend.store.db import session

ADULT, HEARD = 18, 8
MATTER = "referral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Whose word it is. `by` and the names count where staff hear it; on a phone of one's own the account says who."""

    by: str = "self"
    signer_name: str = ""
    relation: str = ""
    authority_id: UUID | None = None
    identity_known: bool = False
    doctor_confirms: bool = False
    child_heard: bool = False
    witness: str = ""
    language: str = ""
    interpreter: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, as it is written down."""

    by: str
    name: str
    relation: str
    authority_id: UUID | None = None


def speaker_of(actor: Actor, referral: Referral, said: Said, *, helped: bool) -> Speaker:
    """Return who speaks. Raises Forbidden on the phone of somebody who is not the patient's family."""
    resident = resident_of(referral)
    if helped and said.by == "authorised":
        paper = authorities.find(resident, said.authority_id, MATTER, referral.id) if said.authority_id else None
        return _entrusted(paper, said.signer_name, said.relation)
    if helped:
        return Speaker(said.by, resident.name if said.by == "self" else said.signer_name, said.relation)
    if actor.resident_id == referral.resident_id and actor.acting_for in (None, actor.resident_id):
        return Speaker("self", resident.name, "")
    related = related_of(actor, referral)
    if related is None:
        raise Forbidden("not_your_family", "您不能替这个人办事。请先请本人或村医帮您登记为家人代办。")
    if related.kind == "guardian":
        return Speaker("guardian", related.name, related.relation)
    return _entrusted(entrusted(actor, referral), related.name, related.relation)


def entrusted(actor: Actor, referral: Referral) -> WrittenAuthority | None:
    """Return the written authority by which this account signs for the patient today, or None."""
    return authorities.of_account(resident_of(referral), actor.account_id, MATTER, referral.id)


def entrusted_for(resident: Resident, referral: Referral) -> list[WrittenAuthority]:
    """Return everybody who may sign this referral for the patient today by a written authority."""
    return authorities.holding(resident, MATTER, referral.id)


def facts_of(actor: Actor, referral: Referral, said: Said, speaker: Speaker, *, helped: bool) -> ConsentFacts:
    """Gather what the rules look at."""
    resident = resident_of(referral)
    guardian = resident_needs_guardian(resident, _today())
    helper = actor.name if helped else ""
    named = bool(speaker.name and speaker.relation)
    return ConsentFacts(
        patient=resident.name,
        needs_guardian=guardian,
        by=speaker.by,
        is_guardian=speaker.by == "guardian",
        authority=speaker.authority_id is not None,
        # Only a doctor says that somebody cannot decide now.
        doctor_confirms=helped and said.doctor_confirms and named and actor.has(*DOCTORS, Role.VILLAGE_DOCTOR),
        child_to_hear=is_child_to_hear(resident),
        child_heard=said.child_heard,
        helped=helped,
        signer_named=not helped or speaker.by == "self" or (bool(speaker.name) and said.identity_known),
        relation=speaker.relation,
        kin=kin_for(resident, speaker.by) if helped else (),
        helper_is_family=helped
        and (actor.is_kin(resident.id) or (speaker.by != "self" and same_person(speaker.name, helper))),
        witness=said.witness,
        witness_is_explainer=same_person(said.witness, helper, *_explainers(referral)),
        witness_is_signer=same_person(said.witness, speaker.name),
        language=said.language,
    )


def _entrusted(paper: WrittenAuthority | None, name: str, relation: str) -> Speaker:
    if paper is None:
        return Speaker("authorised", name, relation)
    return Speaker("authorised", paper.holder_name, paper.relation, paper.id)


def kin_for(resident: Resident, by: str) -> tuple[str, ...]:
    """Return how somebody who speaks as guardian or nearest relative may stand to this person."""
    grown_up = age_on(resident.birth_on, _today()) >= ADULT
    match by:
        case "guardian":
            return kinship.guardians_of(grown_up=grown_up)
        case "relative":
            return kinship.NEAREST_KIN
        case _:
            return ()


def is_child_to_hear(resident: Resident) -> bool:
    """Say whether this is a child of 8 to 17 who is told and heard beside the guardian."""
    age = age_on(resident.birth_on, _today())
    return resident_needs_guardian(resident, _today()) and not resident.lacks_capacity and HEARD <= age < ADULT


def related_of(actor: Actor, referral: Referral) -> RelatedPerson | None:
    """Return how this account is tied to the patient: a guardian before a proxy."""
    rows = session().scalars(
        select(RelatedPerson).where(
            RelatedPerson.county_id == referral.county_id,
            RelatedPerson.resident_id == referral.resident_id,
            RelatedPerson.account_id == actor.account_id,
            RelatedPerson.revoked_at.is_(None),
        )
    )
    return min(rows, key=lambda row: row.kind != "guardian", default=None)


def resident_of(referral: Referral) -> Resident:
    """Return whom a referral is about."""
    resident = session().get(Resident, (referral.county_id, referral.resident_id))
    assert resident is not None
    return resident


def _explainers(referral: Referral) -> list[str]:
    """Return who treats now, and who explained what is asked: another may have gone on with it since."""
    asked = select(ReferralConsent.explained_by).where(
        ReferralConsent.county_id == referral.county_id,
        ReferralConsent.referral_id == referral.id,
        ReferralConsent.status.in_([ConsentStatus.ASKED, ConsentStatus.GIVEN]),
    )
    names = select(Practitioner.name).where(
        Practitioner.county_id == referral.county_id,
        or_(Practitioner.id == referral.practitioner_id, Practitioner.id.in_(asked)),
    )
    return list(session().scalars(names))


def _today() -> date:
    return local_day(clock.now())

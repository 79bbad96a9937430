"""Who may know whom a referral is about: before consent a hospital that is asked is told of "女 68 岁"."""

from uuid import UUID

from sqlalchemy import select

from backend.kernel.clock import age_on, local_day
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records.schemas import PersonLine
from backend.records.views import person_of, veiled
from backend.referrals.models import Referral, ReferralAnswer
from backend.referrals.tracks import Tracks, tracks_of
from backend.store import clock
from backend.store.db import session

SEX = {"male": "男", "female": "女", "unknown": ""}


def may_name(t: Tracks, actor: Actor) -> bool:
    """The patient's own side and the issuer know who it is; the hospital that is asked, from consent on."""
    # Whose record it is decides, not the role: a clerk with a health record of their own is no patient's family.
    if actor.subject_id == t.referral.resident_id or actor.institution == t.referral.from_institution:
        return True
    if actor.institution != t.referral.to_institution:
        return not _turned_away_from(t, actor)
    return _agreed(t)


def may_read_illness(t: Tracks, actor: Actor) -> bool:
    """Say whether a house with the paper in hand reads what it is about: the issuer, and others while it is agreed to.

    A scanned paper shows who stands there; what was agreed to and withdrawn is told to nobody but the issuer.
    """
    return _agreed(t) or actor.institution == t.referral.from_institution


def _agreed(t: Tracks) -> bool:
    return t.consented or t.referral.emergency or t.referral.arrived_at is not None


def _turned_away_from(t: Tracks, actor: Actor) -> bool:
    # Asked once, and another house is asked now: what was agreed to was agreed to for that one.
    if actor.institution is None:
        return False
    asked = select(ReferralAnswer.id).where(
        ReferralAnswer.county_id == t.referral.county_id,
        ReferralAnswer.referral_id == t.referral.id,
        ReferralAnswer.institution == actor.institution,
    )
    return session().scalar(asked.limit(1)) is not None


def person_shown(actor: Actor, county_id: str, resident_id: UUID, referral_id: UUID | None) -> PersonLine:
    """Return whose something is, veiled for a house whose referral for it is not agreed to (any more)."""
    person = person_of(county_id, resident_id)
    if referral_id is None or actor.subject_id == resident_id:
        return person
    referral = session().get_one(Referral, (county_id, referral_id))
    return person if may_name(tracks_of(referral), actor) else veiled(person)


def require_named(referral: Referral, actor: Actor) -> Referral:
    """Return the referral to whoever may know whom it is about. Raises NotFound for a house that may not (any more)."""
    if not may_name(tracks_of(referral), actor):
        raise NotFound("not_consented", "病人还没有同意，或者收回了同意，这里现在不能看。同意以后会自己显示。")
    return referral


def masked(referral: Referral) -> str:
    """Return what a hospital may know before consent: sex and age."""
    resident = patient_of(referral)
    return f"{SEX[resident.sex]} {age_on(resident.birth_on, local_day(clock.now()))} 岁".strip()


def patient_of(referral: Referral) -> Resident:
    """Return whom it is about. The caller asks `may_name` before it is shown."""
    resident = session().get(Resident, (referral.county_id, referral.resident_id))
    assert resident is not None
    return resident

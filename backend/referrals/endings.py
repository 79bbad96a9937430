"""How a referral ends before anybody has gone: refused by the patient, taken back, given up, or over by itself."""

from uuid import UUID

from backend.alliance.queries import pack
from backend.kernel.roles import Actor, system_actor
from backend.kernel.rules import require
from backend.records.service import end_grants
from backend.referrals import answers, certificates, consents, signing, waiting
from backend.referrals.consent_rules import WHOSE_WORD
from backend.referrals.events import ReferralEnded
from backend.referrals.models import Referral
from backend.referrals.moving import locked, move
from backend.referrals.said import Said, facts_of, speaker_of
from backend.referrals.states import ConsentAction, ReferralAction
from backend.store import clock, events
from backend.store.db import session


def decline_consent(actor: Actor, referral_id: UUID) -> Referral:
    """The patient says no on their own phone: the referral ends, nobody argues."""
    referral = locked(actor, referral_id, "referral.decline")
    _require_own_word(actor, referral)
    return decline(actor, referral)


def decline(actor: Actor, referral: Referral) -> Referral:
    """What was asked is answered with no."""
    consents.end(actor, referral, ConsentAction.DECLINE)
    return _end(actor, referral, ReferralAction.WITHDRAW, "consent_declined")


def withdraw(actor: Actor, referral_id: UUID, reason: str) -> Referral:
    """Take it back, also after the certificate: it is void then, and the place is given back in the same moment."""
    referral = locked(actor, referral_id, "referral.withdraw")
    # A doctor may have a health record too: whose referral it is says who gave it up.
    if actor.subject_id == referral.resident_id:
        _require_own_word(actor, referral)
        return patient_changed_mind(actor, referral)
    consents.end(actor, referral, ConsentAction.WITHDRAW)
    certificates.void(actor, referral, reason)
    return _end(actor, referral, ReferralAction.WITHDRAW, "doctor")


def patient_changed_mind(actor: Actor, referral: Referral) -> Referral:
    """The patient does not go after all, whatever is signed and issued by now."""
    consents.end(actor, referral, ConsentAction.WITHDRAW)
    certificates.void(actor, referral, "患者放弃")
    return _end(actor, referral, ReferralAction.WITHDRAW, "patient")


def end_by_itself(referral: Referral, reason: str) -> None:
    """End it because what it was about is over, such as a stay that ended in another way; nobody decided it."""
    actor = system_actor(referral.county_id)
    consents.end(actor, referral, ConsentAction.WITHDRAW)
    certificates.void(actor, referral, reason)
    _end(actor, referral, ReferralAction.WITHDRAW, reason)


def give_up(actor: Actor, referral_id: UUID) -> Referral:
    """No hospital takes the patient and the doctor treats here: ended as refused, with the reason on file."""
    referral = locked(actor, referral_id, "referral.edit")
    consents.end(actor, referral, ConsentAction.WITHDRAW)
    return _end(actor, referral, ReferralAction.REFUSE, "no_hospital")


def _require_own_word(actor: Actor, referral: Referral) -> None:
    # A proxy runs errands and says no as little as yes, unless by a written authority.
    if actor.acting_for in actor.proxied:
        speaker = speaker_of(actor, referral, Said(), helped=False)
        facts = facts_of(actor, referral, Said(), speaker, helped=False)
        require(WHOSE_WORD, facts, pack(referral.county_id).source)


def _end(actor: Actor, referral: Referral, action: ReferralAction, reason: str) -> Referral:
    signing.void(actor, referral)
    answers.overtake(actor, referral, ended=True)
    referral.end_reason, referral.ended_at = reason, clock.now()
    move(actor, referral, action)
    finish_off(referral, reason)
    return referral


def finish_off(referral: Referral, reason: str) -> None:
    """What follows any end without an arrival: sight ends, nothing is waited for, places are given back."""
    session().flush()
    answers.lapse(referral)
    end_grants(referral.county_id, "referral", referral.id)
    waiting.all_done(referral, reason)
    events.publish(
        ReferralEnded(
            county_id=referral.county_id, referral_id=referral.id, resident_id=referral.resident_id, reason=reason
        )
    )

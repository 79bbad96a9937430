"""The no of somebody without a phone: heard, witnessed, written down, and it ends the referral at once. MS-4.2.2u2."""

from dataclasses import dataclass
from uuid import UUID

from backend.alliance.queries import pack
from backend.kernel.errors import Conflict, Forbidden
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.referrals import endings, waiting
from backend.referrals.consent_rules import NO_RULES
from backend.referrals.consents import live_consent
from backend.referrals.models import Referral
from backend.referrals.models_withdrawal import ReferralWithdrawal
from backend.referrals.moving import locked
from backend.referrals.said import Said, facts_of, speaker_of
from backend.referrals.sight import require_named
from backend.referrals.states import LIVE, ConsentStatus
from backend.store import audit
from backend.store.db import session
from backend.store.vault import vault


@dataclass(frozen=True, slots=True, kw_only=True)
class No(Said):
    """How a no was heard: standing there, or on the phone."""

    how: str = "in_person"
    reason: str = ""


def record(actor: Actor, referral_id: UUID, no: No) -> Referral:
    """Write a no down and let it count: the certificate is void, the place goes back, both sides are told.

    Raises RuleBroken for a word that is not the patient's, Conflict for a referral that is over.
    """
    referral = require_named(locked(actor, referral_id, "referral.help_withdraw"), actor)
    if actor.practitioner_id is None or actor.institution is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    if referral.status not in LIVE:
        raise Conflict("referral_over", "这次转诊已经办完或者停了，不用再收回。请刷新看最新进展。")
    speaker = speaker_of(actor, referral, no, helped=True)
    require(NO_RULES, facts_of(actor, referral, no, speaker, helped=True), pack(referral.county_id).source)
    row = ReferralWithdrawal(
        county_id=referral.county_id,
        referral_id=referral.id,
        resident_id=referral.resident_id,
        practitioner_id=actor.practitioner_id,
        institution=actor.institution,
        how=no.how,
        said_by=speaker.by,
        signer_name=speaker.name,
        relation=speaker.relation,
        authority_id=speaker.authority_id,
        identity_known=no.identity_known,
        witness=no.witness,
        language=no.language,
        interpreter=no.interpreter,
    )
    vault().seal(row, "reason", no.reason or None)
    session().add(row)
    session().flush()
    audit.record(
        session(),
        actor,
        "referral.help_withdraw",
        "referral_withdrawal",
        row.id,
        resident_id=referral.resident_id,
        detail={"by": speaker.by, "how": no.how, "at": actor.institution},
    )
    live = live_consent(referral)
    if live is not None and live.status == ConsentStatus.ASKED:
        endings.decline(actor, referral)
    else:
        endings.patient_changed_mind(actor, referral)
    if actor.practitioner_id != referral.practitioner_id:
        waiting.tell_doctor(referral, "withdrawn")
    # Whoever has a phone after all, or whose family has one, learns what was said in their name.
    waiting.tell_resident(referral, "withdrawn")
    return referral

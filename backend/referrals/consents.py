"""The patient's track: what is explained, who says yes, and how it is taken back. MS-4.2.2u2, domain-review 2.6."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs.sections.referral import ConsentText
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Stale, Violation
from backend.kernel.roles import Actor, Role
from backend.kernel.rules import decide, require
from backend.records.service import end_grants, grant
from backend.referrals import drawn, waiting
from backend.referrals.consent_rules import CONSENT_RULES, WHOSE_WORD
from backend.referrals.events import ReferralConsented
from backend.referrals.models import Referral, ReferralConsent
from backend.referrals.said import Said, facts_of, speaker_of
from backend.referrals.states import CONSENTS, ConsentAction, ConsentStatus
from backend.store import audit, clock, events
from backend.store.db import session


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes(Said):
    """How a consent is given: over which content, with the name drawn by hand."""

    content_hash: str
    drawn: str  # base64 PNG


def text_for(referral: Referral) -> ConsentText:
    """Return the text that is read to the patient today, of the referral's own county."""
    found = pack(referral.county_id).referral.consent(referral.direction, local_day(clock.now()))
    if found is None:
        raise Conflict("no_consent_text", "本县还没有定知情同意书的文字，请找管理员。")
    return found


def ask(referral: Referral) -> None:
    """Ask anew unless what stands covers exactly this content; what was asked before is overtaken."""
    live = live_consent(referral)
    assert referral.content_hash is not None
    if live is not None and live.covers_hash == referral.content_hash:
        return
    text = text_for(referral)
    session().add(
        ReferralConsent(
            county_id=referral.county_id,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            covers_hash=referral.content_hash,
            text_code=text.code,
            text_version=text.version,
            text_hash=hashlib.sha256(text.text.encode()).hexdigest(),
            explained_by=referral.practitioner_id,
        )
    )
    session().flush()
    waiting.for_consent(referral)


def refusal(actor: Actor, referral: Referral) -> Violation | None:
    """Return why a yes from this phone would be refused whatever is filled in, or None: told before the form is."""
    if not (actor.has(Role.RESIDENT) and actor.subject_id == referral.resident_id):
        return None  # Staff help on their own phone, and say there whose word they hear.
    speaker = speaker_of(actor, referral, Said(), helped=False)
    facts = facts_of(actor, referral, Said(), speaker, helped=False)
    return next(iter(decide(WHOSE_WORD, facts, pack(referral.county_id).source)), None)


def overtake(actor: Actor, referral: Referral) -> None:
    """What was consented to has changed: the consent no longer stands, and every sight it gave ends."""
    live = live_consent(referral)
    if live is None or live.covers_hash == referral.content_hash:
        return
    before = ConsentStatus(live.status)
    live.status = CONSENTS.next(before, ConsentAction.OVERTAKE, actor)
    live.ended_at = clock.now()
    session().flush()
    end_grants(referral.county_id, "referral", referral.id)
    waiting.done(referral, waiting.CONSENT, "overtaken")
    _write_down(actor, referral, live, before)


def give(actor: Actor, referral: Referral, yes: Yes, *, helped: bool) -> ReferralConsent:
    """Say yes. Raises RuleBroken for a proxy or a minor's own yes, Stale when the content has changed meanwhile."""
    consent = _asked(referral)
    if yes.content_hash != consent.covers_hash:
        raise Stale("consent_changed", "医生改过内容，请把新的看一遍再同意。")
    speaker = speaker_of(actor, referral, yes, helped=helped)
    facts = facts_of(actor, referral, yes, speaker, helped=helped)
    require(CONSENT_RULES, facts, pack(referral.county_id).source)
    consent.given_by, consent.account_id = speaker.by, actor.account_id
    consent.signer_name, consent.relation = speaker.name, speaker.relation
    consent.authority_id = speaker.authority_id
    consent.identity_known = yes.identity_known
    consent.child_heard, consent.helped = yes.child_heard, helped
    consent.helped_by = actor.practitioner_id if helped else None
    consent.witness, consent.language, consent.interpreter = yes.witness, yes.language, yes.interpreter
    consent.signature_file_id = drawn.keep(referral.county_id, referral.resident_id, yes.drawn, "转诊同意签名.png")
    consent.given_at = clock.now()
    consent.status = CONSENTS.next(ConsentStatus.ASKED, ConsentAction.GIVE, actor)
    session().flush()
    _write_down(actor, referral, consent, ConsentStatus.ASKED)
    # From now on, and not before, the receiving hospital sees whom it is asked about.
    grant(referral.county_id, referral.resident_id, "referral", referral.id, [f"institution:{referral.to_institution}"])
    waiting.done(referral, waiting.CONSENT, "given")
    events.publish(
        ReferralConsented(
            county_id=referral.county_id,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            to_institution=referral.to_institution,
        )
    )
    return consent


def end(actor: Actor, referral: Referral, action: ConsentAction) -> None:
    """Decline or withdraw what was asked or given; the receiver's sight ends with it."""
    live = live_consent(referral)
    if live is None:
        return
    before = ConsentStatus(live.status)
    live.status = CONSENTS.next(before, action, actor)
    live.ended_at = clock.now()
    session().flush()
    end_grants(referral.county_id, "referral", referral.id)
    waiting.done(referral, waiting.CONSENT, str(action))
    _write_down(actor, referral, live, before)


def live_consent(referral: Referral) -> ReferralConsent | None:
    """Return what is asked or given now, or None."""
    return session().scalar(
        select(ReferralConsent).where(
            ReferralConsent.county_id == referral.county_id,
            ReferralConsent.referral_id == referral.id,
            ReferralConsent.status.in_([ConsentStatus.ASKED, ConsentStatus.GIVEN]),
        )
    )


def _asked(referral: Referral) -> ReferralConsent:
    live = live_consent(referral)
    if live is None or live.status != ConsentStatus.ASKED:
        raise Conflict("consent_not_asked", "现在没有等您同意的转诊，请刷新看最新进展。")
    return live


def _write_down(actor: Actor, referral: Referral, consent: ReferralConsent, before: ConsentStatus) -> None:
    audit.record(
        session(),
        actor,
        "referral.consent",
        "referral_consent",
        consent.id,
        resident_id=referral.resident_id,
        before=before,
        after=consent.status,
        detail={"by": consent.given_by, "helped": consent.helped, "text": consent.text_version},
    )


def file_of(referral: Referral) -> UUID | None:
    """Return the drawn signature of the consent that stands, for the certificate."""
    live = live_consent(referral)
    return live.signature_file_id if live is not None and live.status == ConsentStatus.GIVEN else None

"""The certificate: it comes into being by itself when consent, signatures and the hospital's yes are there. MS-4.2.2u2.

One conditional statement decides, and never otherwise. What happens to a certificate afterwards are rows beside it.
"""

import hashlib
import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select, text

from backend.alliance import reach
from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor, system_actor
from backend.referrals import form, keys, outside_tasks, signing, waiting
from backend.referrals.certificate_state import bound, ended, latest, uses_of
from backend.referrals.events import CertificateIssued
from backend.referrals.models import Referral
from backend.referrals.models_certificate import CertificateEvent, ReferralCertificate
from backend.referrals.numbers import new_number
from backend.referrals.states import GIVEN, PAPERLESS, REFERRALS, ReferralAction, ReferralStatus
from backend.store import audit, clock, events
from backend.store.db import session
from backend.store.vault import STATUTORY, vault

_ISSUE = text(
    """
    INSERT INTO referral_certificate (county_id, id, referral_id, resident_id, edition, number, from_institution,
        to_institution, direction, issued_on, valid_until, uses, late, content_hash, facts_sealed, facts_hash, key_id,
        signature)
    SELECT r.county_id, :id, r.id, r.resident_id, :edition, :number, r.from_institution, r.to_institution,
        r.direction, :issued_on, :valid_until, :uses, :late, r.content_hash, :facts_sealed, :facts_hash, :key_id,
        :signature
    FROM referral r
    WHERE r.county_id = :county AND r.id = :referral AND r.content_hash = :content
      AND r.status IN ('submitted', 'arrived', 'issued', 'closed')
      AND EXISTS (SELECT 1 FROM referral_consent c WHERE c.county_id = r.county_id AND c.referral_id = r.id
                  AND c.status = 'given' AND c.covers_hash = r.content_hash)
      AND EXISTS (SELECT 1 FROM referral_answer a WHERE a.county_id = r.county_id AND a.referral_id = r.id
                  AND a.institution = r.to_institution
                  AND (a.status = 'accepted' OR (a.status = 'announced' AND r.emergency)))
      AND EXISTS (SELECT 1 FROM referral_signature s WHERE s.county_id = r.county_id AND s.referral_id = r.id
                  AND s.round = r.round AND s.step_order = 1 AND s.status = 'signed'
                  AND (s.practitioner_id = r.practitioner_id
                       -- Or by whom another of the house took it over: what was signed by then goes on counting.
                       OR EXISTS (SELECT 1 FROM referral_reassignment m WHERE m.county_id = r.county_id
                                  AND m.referral_id = r.id AND m.from_practitioner_id = s.practitioner_id
                                  AND m.created_at >= s.signed_at)))
      AND NOT EXISTS (SELECT 1 FROM referral_signature s WHERE s.county_id = r.county_id AND s.referral_id = r.id
                  AND s.round = r.round
                  AND NOT (s.status IN ('signed', 'covered') AND s.content_hash = r.content_hash)
                  AND NOT (s.status IN ('waiting', 'open') AND s.late_working_days > 0
                           AND s.step_order = ANY(:excused)))
    ON CONFLICT DO NOTHING
    RETURNING id
    """
)


def try_issue(referral: Referral) -> ReferralCertificate | None:
    """Issue when everything is there; None when something is not. Safe to ask after every step."""
    if referral.status not in PAPERLESS or latest(referral) is not None:
        return None
    late = signing.excused(referral)
    if late is None or not _others_ready(referral):
        return None
    days, uses = _validity(pack(referral.county_id), referral)
    valid_until = local_day(clock.now()) + timedelta(days=days)
    certificate = _write(referral, edition=1, valid_until=valid_until, uses=uses, late=late)
    if certificate is None:
        return None
    if late:
        signing.mark_late(referral, late)
    before = ReferralStatus(referral.status)
    referral.status = REFERRALS.next(before, ReferralAction.ISSUE, system_actor(referral.county_id))
    referral.issued_at = clock.now()
    referral.version += 1
    session().flush()
    audit.record(
        session(),
        system_actor(referral.county_id),
        "referral.issue",
        "referral",
        referral.id,
        resident_id=referral.resident_id,
        before=before,
        after=referral.status,
        detail={"certificate": str(certificate.id), "number": certificate.number, "late": certificate.late},
    )
    waiting.done(referral, waiting.PAPERS, "issued")
    waiting.for_information(referral, certificate)
    outside_tasks.after_issue(referral, certificate)
    waiting.tell_resident(referral, "issued")
    events.publish(
        CertificateIssued(
            county_id=referral.county_id,
            referral_id=referral.id,
            resident_id=referral.resident_id,
            certificate_id=certificate.id,
            number=certificate.number,
            late=certificate.late,
        )
    )
    return certificate


def replace(actor: Actor, referral: Referral) -> ReferralCertificate | None:
    """Day, doctor or department changed inside the hospital: a new edition takes the place of the old.

    It is the same promise, counted from the first issue: another day makes it no longer.
    """
    old = latest(referral)
    if old is None or ended(old) is not None:
        return None
    late = [step.step_order for step in signing.steps(referral) if step.late and step.status not in GIVEN]
    new = _write(referral, edition=old.edition + 1, valid_until=old.valid_until, uses=old.uses, late=late)
    if new is None:
        raise Conflict("cannot_replace", "证明现在换不了，请刷新后再试。")
    _happen(actor, old, "replaced", by_number=new.number)
    return new


def void(actor: Actor, referral: Referral, reason: str) -> None:
    """Mark the present certificate as no longer good; nobody argues with a patient who changed their mind."""
    certificate = latest(referral)
    if certificate is not None and ended(certificate) is None:
        _happen(actor, certificate, "voided", reason=reason)


def complete(actor: Actor, referral: Referral) -> None:
    """The late signature was made up: the county's chain is whole now."""
    certificate = latest(referral)
    unsigned = [step for step in signing.steps(referral) if step.status not in GIVEN]
    if certificate is not None and certificate.late and not unsigned:
        _happen(actor, certificate, "completed")


def object_to(actor: Actor, referral: Referral, reason: str) -> None:
    """Whoever should have made up the signature says no: the patient has gone, people sort it out."""
    certificate = latest(referral)
    assert certificate is not None
    _happen(actor, certificate, "objected", reason=reason[:200])


def use(actor: Actor, certificate: ReferralCertificate) -> None:
    """Count one use. Raises Conflict when it has none left; two desks at once count two."""
    used = uses_of(certificate)
    if certificate.uses and used >= certificate.uses:
        raise Conflict("certificate_used", "这张证明能住院的次数已经用完了；照常收住，登记成没有转诊。")
    _happen(actor, certificate, "used", use_number=used + 1)


def give_back(actor: Actor, certificate: ReferralCertificate) -> None:
    """Take the newest use off again: whoever was said to have come by it did not."""
    editions = select(ReferralCertificate.id).where(
        ReferralCertificate.county_id == certificate.county_id,
        ReferralCertificate.referral_id == certificate.referral_id,
    )
    session().execute(
        delete(CertificateEvent).where(
            CertificateEvent.county_id == certificate.county_id,
            CertificateEvent.certificate_id.in_(editions),
            CertificateEvent.kind == "used",
            CertificateEvent.use_number == uses_of(certificate),
        )
    )
    audit.record(
        session(),
        actor,
        "certificate.give_back",
        "referral_certificate",
        certificate.id,
        resident_id=certificate.resident_id,
    )


def _others_ready(referral: Referral) -> bool:
    # Cheap look before the form is gathered; the statement itself decides.
    return bool(
        session().scalar(
            text(
                "SELECT EXISTS (SELECT 1 FROM referral_consent WHERE county_id = :county AND referral_id = :id"
                " AND status = 'given' AND covers_hash = :content) AND EXISTS (SELECT 1 FROM referral_answer"
                " WHERE county_id = :county AND referral_id = :id AND status IN ('accepted', 'announced'))"
            ),
            {"county": referral.county_id, "id": referral.id, "content": referral.content_hash},
        )
    )


def _write(
    referral: Referral, *, edition: int, valid_until: date, uses: int, late: list[int]
) -> ReferralCertificate | None:
    county, today = pack(referral.county_id), local_day(clock.now())
    number, key = new_number(county.county.code, today.year), keys.live_key(referral.county_id)
    lines = form.facts(referral, number=number, valid_until=valid_until, uses=uses, late=late)
    raw = json.dumps(lines, ensure_ascii=False, separators=(",", ":")).encode()
    facts_hash, certificate_id = hashlib.sha256(raw).digest(), new_id()
    made = session().scalar(
        _ISSUE,
        {
            "id": certificate_id,
            "county": referral.county_id,
            "referral": referral.id,
            "content": referral.content_hash,
            "edition": edition,
            "number": number,
            "issued_on": today,
            "valid_until": valid_until,
            "uses": uses,
            "late": bool(late),
            "facts_sealed": vault().seal_bytes(referral.county_id, STATUTORY, bound(certificate_id), raw),
            "facts_hash": facts_hash,
            "key_id": key.id,
            "signature": keys.sign(key, keys.Ticket(number, today, valid_until, facts_hash)),
            "excused": late,
        },
    )
    return session().get(ReferralCertificate, (referral.county_id, made)) if made is not None else None


def _validity(county: Pack, referral: Referral) -> tuple[int, int]:
    rule = county.referral.certificate
    condition = reach.condition_of(county, referral.diagnosis_code) if referral.diagnosis_code else None
    for illness in rule.long_illnesses:
        if illness.condition == condition:
            return illness.valid_days, illness.uses
    return rule.valid_days, rule.uses


def _happen(actor: Actor, certificate: ReferralCertificate, kind: str, **more: Any) -> None:
    row = CertificateEvent(
        county_id=certificate.county_id,
        certificate_id=certificate.id,
        kind=kind,
        practitioner_id=actor.practitioner_id,
        institution=actor.institution,
        **more,
    )
    session().add(row)
    session().flush()
    audit.record(
        session(),
        actor,
        f"certificate.{kind}",
        "referral_certificate",
        certificate.id,
        resident_id=certificate.resident_id,
    )

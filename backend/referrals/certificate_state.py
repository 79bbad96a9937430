"""How a certificate stands today, and what is frozen in it."""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from backend.kernel.clock import local_day
from backend.referrals import keys
from backend.referrals.models import Referral
from backend.referrals.models_certificate import CertificateEvent, ReferralCertificate
from backend.store import clock
from backend.store.db import session
from backend.store.vault import STATUTORY, vault

SPENT_BY = frozenset({"stay", "bed", "home"})
"""What takes one use: a stay, or being handed down. Seeing a doctor or an examination within the days takes none."""


@dataclass(frozen=True, slots=True)
class State:
    """How a certificate stands today."""

    word: str  # valid | expired | used (its stays are used up, its days are not) | voided | replaced
    text: str
    late: bool  # a signature is still to be made up
    uses_left: int | None
    by_number: str | None = None

    def serves(self, category: str) -> bool:
        """Say whether somebody who comes for this comes as referred: a used stay still leaves the out-patient days."""
        return self.word == "valid" or (self.word == "used" and category not in SPENT_BY)


def state_of(certificate: ReferralCertificate) -> State:
    """Return how a certificate stands today, in words a villager reads."""
    end = ended(certificate)
    used = uses_of(certificate)
    left = certificate.uses - used if certificate.uses else None
    late = certificate.late and not _has(certificate, "completed")
    if end is not None and end.kind == "voided":
        return State("voided", "这张证明已经作废", late, left)
    if end is not None:
        return State("replaced", "已换成新的一张", late, left, end.by_number)
    if local_day(clock.now()) > certificate.valid_until:
        return State("expired", "这张证明已经过期", late, left)
    if left == 0 and certificate.direction == "down":
        return State("used", "已经接下了，这张证明用过了", late, left)
    if left == 0:
        return State("used", "住院次数用完了，有效期内看门诊仍算转诊", late, left)
    return State("valid", "有效，签字补办中" if late else "有效", late, left)


def state_on(certificate: ReferralCertificate, day: date) -> State:
    """Return how a certificate stood on a day that has passed, as far as its days go; uses are counted as of now."""
    today = state_of(certificate)
    if today.word != "expired" or day > certificate.valid_until:
        return today
    return replace(today, word="used" if today.uses_left == 0 else "valid")


def latest(referral: Referral) -> ReferralCertificate | None:
    """Return the newest edition, whatever became of it."""
    return session().scalar(
        select(ReferralCertificate)
        .where(ReferralCertificate.county_id == referral.county_id, ReferralCertificate.referral_id == referral.id)
        .order_by(ReferralCertificate.edition.desc())
        .limit(1)
    )


def ended(certificate: ReferralCertificate) -> CertificateEvent | None:
    """Return what ended a certificate, or None."""
    return session().scalar(
        select(CertificateEvent).where(
            CertificateEvent.county_id == certificate.county_id,
            CertificateEvent.certificate_id == certificate.id,
            CertificateEvent.kind.in_(["voided", "replaced"]),
        )
    )


def uses_of(certificate: ReferralCertificate) -> int:
    """Return how often a certificate was used, by a stay or a hand-over; a new edition gives none back."""
    return (
        session().scalar(
            select(func.max(CertificateEvent.use_number))
            .join(
                ReferralCertificate,
                and_(
                    ReferralCertificate.county_id == CertificateEvent.county_id,
                    ReferralCertificate.id == CertificateEvent.certificate_id,
                ),
            )
            .where(
                ReferralCertificate.county_id == certificate.county_id,
                ReferralCertificate.referral_id == certificate.referral_id,
                CertificateEvent.kind == "used",
            )
        )
        or 0
    )


def facts_of(certificate: ReferralCertificate) -> dict[str, Any]:
    """Open the frozen lines."""
    raw = vault().open_bytes(certificate.county_id, STATUTORY, bound(certificate.id), certificate.facts_sealed)
    found: dict[str, Any] = json.loads(raw)
    return found


def ticket_of(certificate: ReferralCertificate) -> keys.Ticket:
    """Return what the QR holds."""
    return keys.Ticket(certificate.number, certificate.issued_on, certificate.valid_until, certificate.facts_hash)


def find_number(number: str) -> ReferralCertificate | None:
    """Return a certificate by its number, of whatever county."""
    return session().scalar(select(ReferralCertificate).where(ReferralCertificate.number == number))


def _has(certificate: ReferralCertificate, kind: str) -> bool:
    return (
        session().scalar(
            select(CertificateEvent.id)
            .where(
                CertificateEvent.county_id == certificate.county_id,
                CertificateEvent.certificate_id == certificate.id,
                CertificateEvent.kind == kind,
            )
            .limit(1)
        )
        is not None
    )


def bound(certificate_id: UUID) -> str:
    """Return what the sealed lines of a certificate are bound to."""
    return f"referral_certificate|{certificate_id}"

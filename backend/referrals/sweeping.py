"""What comes by itself: drafts nobody finished end, certificates whose days are over, and one that waited for an office
which has closed comes. A deadline never ends anything."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.kernel.clock import local_day, machine_now
from backend.kernel.roles import system_actor
from backend.referrals import outside_tasks
from backend.referrals.arrivals import issue_when_ready
from backend.referrals.endings import finish_off
from backend.referrals.models import Referral, ReferralSignature
from backend.referrals.models_certificate import ReferralCertificate, VerifyCount
from backend.referrals.states import PAPERLESS, REFERRALS, ReferralAction, ReferralStatus, SignatureStatus
from backend.referrals.waiting import INFORMED
from backend.store import audit, clock
from backend.worklist.service import lapse

_BATCH = 200


def sweep(current: Session, county_id: str) -> int:
    """End what is over; returns how many. Idempotent: what has ended is not found again."""
    now = clock.now(current)
    kept = pack(county_id).referral.limits.draft_kept_days
    drafts = select(Referral).where(
        Referral.county_id == county_id,
        Referral.status == ReferralStatus.DRAFT,
        Referral.created_at < now - timedelta(days=kept),
    )
    good_until = (
        select(func.max(ReferralCertificate.valid_until))
        .where(ReferralCertificate.county_id == Referral.county_id, ReferralCertificate.referral_id == Referral.id)
        .scalar_subquery()
    )
    over = select(Referral).where(
        Referral.county_id == county_id,
        Referral.status == ReferralStatus.ISSUED,
        good_until < local_day(now),
    )
    return (
        _end(current, county_id, drafts, "draft_expired")
        + _end(current, county_id, over, "expired")
        + _go_ahead(current, county_id)
        + lapse(current, county_id, INFORMED)
        + _forget_counts(current)
    )


def _go_ahead(current: Session, county_id: str) -> int:
    """Issue what only waits for offices that closed meanwhile: their signatures are made up on the next working day."""
    waits = (
        select(ReferralSignature.id)
        .where(
            ReferralSignature.county_id == Referral.county_id,
            ReferralSignature.referral_id == Referral.id,
            ReferralSignature.round == Referral.round,
            ReferralSignature.status == SignatureStatus.OPEN,
            ReferralSignature.late_working_days > 0,
            ReferralSignature.late.is_(False),
        )
        .exists()
    )
    paper = (
        select(ReferralCertificate.id)
        .where(ReferralCertificate.county_id == Referral.county_id, ReferralCertificate.referral_id == Referral.id)
        .exists()
    )
    found = (
        select(Referral)
        .where(
            Referral.county_id == county_id,
            Referral.status.in_(PAPERLESS),
            waits,
            ~paper,
        )
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    return sum(issue_when_ready(referral) for referral in current.scalars(found).all())


def _end(current: Session, county_id: str, found: object, reason: str) -> int:
    actor = system_actor(county_id)
    rows = current.scalars(found.limit(_BATCH).with_for_update(skip_locked=True)).all()  # type: ignore[attr-defined]
    for referral in rows:
        before = ReferralStatus(referral.status)
        after = REFERRALS.next(before, ReferralAction.EXPIRE, actor)
        referral.status = after
        referral.end_reason, referral.ended_at = reason, clock.now(current)
        referral.version += 1
        audit.record(
            current,
            actor,
            "referral.expire",
            "referral",
            referral.id,
            resident_id=referral.resident_id,
            before=before,
            after=after,
        )
        if reason == "expired":
            finish_off(referral, reason)
            outside_tasks.after_expiry(referral)
    return len(rows)


def _forget_counts(current: Session) -> int:
    gone = current.execute(delete(VerifyCount).where(VerifyCount.minute < machine_now() - timedelta(hours=1)))
    return int(gone.rowcount)  # type: ignore[attr-defined]

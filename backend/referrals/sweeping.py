"""What ends by itself: drafts nobody finished, certificates whose days are over. A deadline never ends anything."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.kernel.clock import local_day, machine_now
from backend.kernel.roles import system_actor
from backend.referrals.models import Referral
from backend.referrals.models_certificate import ReferralCertificate, VerifyCount
from backend.referrals.service import finish_off
from backend.referrals.states import REFERRALS, ReferralAction, ReferralStatus
from backend.store import audit, clock

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
        + _forget_counts(current)
    )


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
    return len(rows)


def _forget_counts(current: Session) -> int:
    gone = current.execute(delete(VerifyCount).where(VerifyCount.minute < machine_now() - timedelta(hours=1)))
    return int(gone.rowcount)  # type: ignore[attr-defined]

"""How every use case of a referral begins and ends: locked for who may, moved by the table, written down."""

from uuid import UUID

from backend.kernel.errors import Stale
from backend.kernel.roles import Actor
from backend.referrals.models import Referral
from backend.referrals.states import REFERRALS, ReferralAction, ReferralStatus
from backend.store import access, audit
from backend.store.db import session


def locked(actor: Actor, referral_id: UUID, action: str, version: int | None = None) -> Referral:
    """Return the referral, locked, if the actor may do the action on it. Raises Stale for another version."""
    referral = access.authorize(Referral, referral_id, actor, action, lock=True)
    if version is not None and version != referral.version:
        raise Stale("stale", "别人刚改过，请刷新后再办。", extra={"version": referral.version})
    return referral


def move(actor: Actor, referral: Referral, action: ReferralAction) -> None:
    """Follow the table from the present status and write it down. Raises Conflict for a move that is not in it."""
    before = ReferralStatus(referral.status)
    after = REFERRALS.next(before, action, actor)
    referral.status = after
    touch(referral)
    audit.record(
        session(),
        actor,
        f"referral.{action}",
        "referral",
        referral.id,
        resident_id=referral.resident_id,
        before=before,
        after=after,
        detail={"pack": referral.pack_version},
    )


def touch(referral: Referral) -> None:
    """Make what others have on the screen an old version."""
    referral.version += 1
    session().flush()

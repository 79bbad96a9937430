"""Sending somebody who was sent down back up in one step; what was promised stands in `comeback`. MS-4.2.3c."""

from uuid import UUID

from backend.kernel.roles import Actor
from backend.referrals import comeback, drafts, service
from backend.referrals.drafts import Case, Draft
from backend.referrals.models import Referral
from backend.store import access


def come_back(actor: Actor, down_id: UUID, draft: Draft, pin: str) -> Referral:
    """Make, judge and sign first the way back up; nothing is kept of a refusal.

    Raises RuleBroken after the county's days, or with everything the standards miss.
    """
    down = access.authorize(Referral, down_id, actor, "referral.come_back", lock=True)
    row = drafts.create(actor, Case(down.resident_id), comeback.draft_of(down, draft))
    row.back_from_id = down.id
    return service.submit(actor, row.id, pin)

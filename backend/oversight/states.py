"""A drawn referral waits for a look, and is judged once."""

from enum import StrEnum

from backend.kernel.roles import Role
from backend.kernel.states import Transitions, move


class AuditStatus(StrEnum):
    """Where a drawn referral stands."""

    DRAWN = "drawn"
    REVIEWED = "reviewed"


class AuditAction(StrEnum):
    """What may be done with it."""

    REVIEW = "review"


AUDITS = Transitions(
    "referral_audit",
    start=(AuditStatus.DRAWN,),
    moves={
        (AuditStatus.DRAWN, AuditAction.REVIEW): move(AuditStatus.REVIEWED, Role.MEDICAL_OFFICE, Role.BUREAU),
    },
)

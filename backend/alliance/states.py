"""An institution's membership of an alliance: entered by agreement, left by its own will (XM-4)."""

from enum import StrEnum

from backend.kernel.roles import Role
from backend.kernel.states import Transitions, move


class MembershipStatus(StrEnum):
    """Where a membership stands."""

    MEMBER = "member"
    LEFT = "left"


class MembershipAction(StrEnum):
    """What may be done with a membership."""

    LEAVE = "leave"
    MOVE = "move"  # a newer pack has the institution in another alliance, or in none


MEMBERSHIPS = Transitions(
    "alliance_membership",
    start=(MembershipStatus.MEMBER,),
    moves={
        (MembershipStatus.MEMBER, MembershipAction.LEAVE): move(MembershipStatus.LEFT, Role.MEDICAL_OFFICE),
        (MembershipStatus.MEMBER, MembershipAction.MOVE): move(MembershipStatus.LEFT, Role.SYSTEM),
    },
)

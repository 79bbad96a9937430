"""A contract is asked for, then runs for its term, then ends. Nothing else."""

from enum import StrEnum

from backend.kernel.roles import Role
from backend.kernel.states import Transitions, move


class ContractStatus(StrEnum):
    """Where a contract stands."""

    REQUESTED = "requested"
    ACTIVE = "active"
    ENDED = "ended"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class ContractAction(StrEnum):
    """What may be done with a contract."""

    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"
    END = "end"
    REPLACE = "replace"
    EXPIRE = "expire"


class ContractKind(StrEnum):
    """One person, or a household signing together (MS-4.6)."""

    INDIVIDUAL = "individual"
    HOUSEHOLD = "household"


class EndReason(StrEnum):
    """Why a contract ended."""

    TERM = "term"
    OWN_WISH = "own_wish"
    SWITCHED = "switched"
    RENEWED = "renewed"
    MOVED = "moved"
    DIED = "died"
    TEAM_GONE = "team_gone"
    COMPLAINT_UPHELD = "complaint_upheld"


class DeclineReason(StrEnum):
    """Why a team could not take somebody."""

    FULL = "full"
    TOO_FAR = "too_far"
    NOT_REACHED = "not_reached"
    WRONG_PACKAGE = "wrong_package"


class SignedBy(StrEnum):
    """Whose hand signed, and on whose phone."""

    SELF = "self"
    GUARDIAN = "guardian"
    AUTHORIZED = "authorized"
    OWN_HAND = "own_hand"
    HELPED = "helped"


class Part(StrEnum):
    """What somebody does in a care team (FD-03)."""

    LEADER = "leader"
    DOCTOR = "doctor"
    NURSE = "nurse"
    VILLAGE_DOCTOR = "village_doctor"
    PUBLIC_HEALTH = "public_health"


_S, _A = ContractStatus, ContractAction
_TEAM = (Role.FAMILY_DOCTOR, Role.VILLAGE_DOCTOR, Role.TEAM_NURSE, Role.PUBLIC_HEALTH)
_DOCTORS = (Role.FAMILY_DOCTOR, Role.VILLAGE_DOCTOR, Role.PUBLIC_HEALTH)

CONTRACTS = Transitions(
    "contract",
    start=(_S.REQUESTED,),
    moves={
        (_S.REQUESTED, _A.ACCEPT): move(_S.ACTIVE, *_DOCTORS),
        (_S.REQUESTED, _A.DECLINE): move(_S.DECLINED, *_DOCTORS),
        (_S.REQUESTED, _A.CANCEL): move(_S.CANCELLED, Role.RESIDENT, *_TEAM),
        (_S.ACTIVE, _A.END): move(_S.ENDED, Role.RESIDENT, *_DOCTORS),
        (_S.ACTIVE, _A.REPLACE): move(_S.ENDED, *_DOCTORS),
        (_S.ACTIVE, _A.EXPIRE): move(_S.ENDED, Role.SYSTEM),
    },
)

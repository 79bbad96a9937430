"""Written, looked at by a pharmacist, prepared, handed out; frozen until a doctor decides. MS-5.2."""

from enum import StrEnum

from backend.kernel.roles import Role
from backend.kernel.states import Transitions, move


class PrescriptionStatus(StrEnum):
    """Where a long prescription stands."""

    ISSUED = "issued"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    DISPENSED = "dispensed"
    COLLECTED = "collected"
    FROZEN = "frozen"
    STOPPED = "stopped"


class PrescriptionAction(StrEnum):
    """What may be done with a long prescription."""

    REVIEW = "review"
    RETURN = "return"
    DISPENSE = "dispense"
    HAND_OUT_PART = "hand_out_part"
    HAND_OUT = "hand_out"
    FREEZE = "freeze"
    RESUME = "resume"
    GO_ON = "go_on"
    STOP = "stop"


class RenewalStatus(StrEnum):
    """Where the review for a renewal stands; the reminder never promises the renewal."""

    WAITING = "waiting"
    RENEWED = "renewed"
    DECLINED = "declined"
    ENDED = "ended"


class RenewalAction(StrEnum):
    """What a doctor does with a renewal, or what time and a stop do."""

    RENEW = "renew"
    DECLINE = "decline"
    END = "end"


class Issue(StrEnum):
    """The first prescription of a course, or one that goes on (LP-06, LP-10, LP-11)."""

    FIRST = "first"
    RENEWAL = "renewal"


class DeclineReason(StrEnum):
    """Why a doctor does not go on; the patient is always told (LP-08)."""

    GOAL_NOT_MET = "goal_not_met"
    OTHER_ILLNESS = "other_illness"
    SIDE_EFFECT = "side_effect"
    NOT_TAKEN = "not_taken"
    NEEDS_EXAMINATION = "needs_examination"
    REFERRED_UP = "referred_up"
    NOT_NEEDED = "not_needed"


_S, _A = PrescriptionStatus, PrescriptionAction
DOCTORS = (Role.FAMILY_DOCTOR, Role.SPECIALIST, Role.WARD_DOCTOR, Role.DEPARTMENT_HEAD)
_PHARMACY = (Role.PHARMACIST, Role.DISPENSER)

PENDING = (_S.ISSUED, _S.REVIEWED, _S.DISPENSED)
"""On its way to the patient's hand."""
_RUNNING = (*PENDING, _S.COLLECTED)

PRESCRIPTIONS = Transitions(
    "long_prescription",
    start=(_S.ISSUED,),
    moves={
        (_S.ISSUED, _A.REVIEW): move(_S.REVIEWED, Role.PHARMACIST),
        (_S.ISSUED, _A.RETURN): move(_S.RETURNED, Role.PHARMACIST),
        (_S.REVIEWED, _A.DISPENSE): move(_S.DISPENSED, *_PHARMACY),
        (_S.DISPENSED, _A.HAND_OUT): move(_S.COLLECTED, *_PHARMACY, Role.VILLAGE_DOCTOR),
        (_S.DISPENSED, _A.HAND_OUT_PART): move(_S.REVIEWED, *_PHARMACY, Role.VILLAGE_DOCTOR),
        (_S.FROZEN, _A.RESUME): move(_S.ISSUED, *DOCTORS),
        (_S.FROZEN, _A.GO_ON): move(_S.COLLECTED, *DOCTORS),
        (_S.FROZEN, _A.STOP): move(_S.STOPPED, *DOCTORS),
    }
    | {(status, _A.FREEZE): move(_S.FROZEN, Role.SYSTEM, *DOCTORS) for status in _RUNNING}
    | {(status, _A.STOP): move(_S.STOPPED, *DOCTORS) for status in _RUNNING},
)

RENEWALS = Transitions(
    "prescription_renewal",
    start=(RenewalStatus.WAITING,),
    moves={
        (RenewalStatus.WAITING, RenewalAction.RENEW): move(RenewalStatus.RENEWED, *DOCTORS),
        (RenewalStatus.WAITING, RenewalAction.DECLINE): move(RenewalStatus.DECLINED, *DOCTORS),
        (RenewalStatus.WAITING, RenewalAction.END): move(RenewalStatus.ENDED, Role.SYSTEM, *DOCTORS),
    },
)

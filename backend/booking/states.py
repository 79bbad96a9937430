"""An appointment is a promise of a place; a bed request is a question that a person at the hospital answers."""

from enum import StrEnum

from backend.kernel.roles import Role
from backend.kernel.states import Transitions, move


class SlotPool(StrEnum):
    """Whom a place is kept for. XM-5.4b, MS-4.2.1: referred patients first, then people with a family doctor, all."""

    REFERRAL = "referral"
    CONTRACT = "contract"
    GENERAL = "general"


class AppointmentStatus(StrEnum):
    """Where an appointment stands (Appointment.status). Only `cancelled` gives the place back.

    `held` waits for the person at the checkout and runs out, `offered` for an answer from the wait list or after a
    doctor's leave and runs out too; `pending` waits for the desk and never runs out.
    """

    HELD = "held"
    OFFERED = "offered"
    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    NOSHOW = "noshow"
    CANCELLED = "cancelled"


SURE = (AppointmentStatus.PENDING, AppointmentStatus.BOOKED)
"""What somebody counts on, and that is still ahead."""


class AppointmentAction(StrEnum):
    """What may be done with an appointment."""

    CONFIRM = "confirm"
    SUBMIT = "submit"
    GRANT = "grant"
    ACCEPT = "accept"
    EXPIRE = "expire"
    MOVE = "move"
    CANCEL = "cancel"
    ARRIVE = "arrive"
    FULFIL = "fulfil"
    MISS = "miss"


_A, _D = AppointmentStatus, AppointmentAction
_BOOKERS = (
    Role.RESIDENT,
    Role.VILLAGE_DOCTOR,
    Role.FAMILY_DOCTOR,
    Role.TEAM_NURSE,
    Role.DESK_CLERK,
    Role.MEDICAL_OFFICE,
    Role.SYSTEM,
)
_DESK = (Role.DESK_CLERK, Role.MEDICAL_OFFICE, Role.SYSTEM)

APPOINTMENTS = Transitions(
    "appointment",
    start=(_A.HELD, _A.OFFERED, _A.PENDING, _A.BOOKED),
    moves={
        # The pack says which kinds of place confirm themselves and which wait for the desk's hand.
        (_A.HELD, _D.CONFIRM): move(_A.BOOKED, *_BOOKERS),
        (_A.HELD, _D.SUBMIT): move(_A.PENDING, *_BOOKERS),
        (_A.HELD, _D.EXPIRE): move(_A.CANCELLED, Role.SYSTEM),
        (_A.HELD, _D.CANCEL): move(_A.CANCELLED, *_BOOKERS),
        # Where the offer replaces a place that the person has, that place moves and the offer ends.
        (_A.OFFERED, _D.ACCEPT): move(_A.BOOKED, *_BOOKERS),
        (_A.OFFERED, _D.EXPIRE): move(_A.CANCELLED, Role.SYSTEM),
        (_A.OFFERED, _D.CANCEL): move(_A.CANCELLED, *_BOOKERS),
        (_A.PENDING, _D.GRANT): move(_A.BOOKED, *_DESK),
        (_A.PENDING, _D.MOVE): move(_A.PENDING, *_BOOKERS),
        (_A.PENDING, _D.CANCEL): move(_A.CANCELLED, *_BOOKERS),
        # A slow desk bars nobody's way: who comes is let in.
        (_A.PENDING, _D.ARRIVE): move(_A.ARRIVED, *_DESK),
        (_A.BOOKED, _D.MOVE): move(_A.BOOKED, *_BOOKERS),
        (_A.BOOKED, _D.CANCEL): move(_A.CANCELLED, *_BOOKERS),
        (_A.BOOKED, _D.ARRIVE): move(_A.ARRIVED, *_DESK),
        (_A.BOOKED, _D.MISS): move(_A.NOSHOW, *_DESK),
        # Who comes late is let in all the same.
        (_A.NOSHOW, _D.ARRIVE): move(_A.ARRIVED, *_DESK),
        (_A.ARRIVED, _D.FULFIL): move(_A.FULFILLED, Role.SPECIALIST, Role.WARD_DOCTOR, *_DESK),
    },
)


class WaitStatus(StrEnum):
    """Where somebody on the wait list stands. A missed offer is no end: they wait on, behind who has not missed one."""

    WAITING = "waiting"
    OFFERED = "offered"
    SERVED = "served"
    LEFT = "left"


class WaitAction(StrEnum):
    """What may happen to somebody who waits."""

    OFFER = "offer"
    PASS = "pass"  # noqa: S105  no password
    SERVE = "serve"
    LEAVE = "leave"


_W, _E = WaitStatus, WaitAction

WAITLIST = Transitions(
    "waitlist_entry",
    start=(_W.WAITING,),
    moves={
        (_W.WAITING, _E.OFFER): move(_W.OFFERED, Role.SYSTEM),
        (_W.OFFERED, _E.PASS): move(_W.WAITING, *_BOOKERS),
        (_W.OFFERED, _E.SERVE): move(_W.SERVED, *_BOOKERS),
        (_W.WAITING, _E.LEAVE): move(_W.LEFT, *_BOOKERS),
        (_W.OFFERED, _E.LEAVE): move(_W.LEFT, *_BOOKERS),
    },
)


class BedStatus(StrEnum):
    """Where a bed request stands. Only `declined`, `used` and `released` are an end; a slow desk never ends one.

    `waiting` was told by which day to expect a bed; `proposed` has a bed that was freed or kept for another day, and
    the desk says whether it shall be theirs. `released`: no longer wanted, or the referral has ended.
    """

    ASKED = "asked"
    PASSED_ON = "passed_on"
    WAITING = "waiting"
    PROPOSED = "proposed"
    HELD = "held"
    DECLINED = "declined"
    USED = "used"
    RELEASED = "released"


class BedAction(StrEnum):
    """What may be done with a bed request."""

    HOLD = "hold"
    PASS_ON = "pass_on"  # noqa: S105  no password
    WAIT = "wait"
    DECLINE = "decline"
    PROPOSE = "propose"
    REASK = "reask"
    LOSE = "lose"
    USE = "use"
    RELEASE = "release"


_B, _C = BedStatus, BedAction
OPEN_BEDS = (_B.ASKED, _B.PASSED_ON, _B.WAITING, _B.PROPOSED)
"""A person at the house still has to answer."""
LIVE_BEDS = (*OPEN_BEDS, _B.HELD)
_DECIDERS = (Role.MEDICAL_OFFICE, Role.DEPARTMENT_HEAD, Role.SPECIALIST)
_ANSWERERS = (Role.DESK_CLERK, *_DECIDERS)

BEDS = Transitions(
    "bed_request",
    start=(_B.ASKED,),
    moves={
        **{(one, _C.HOLD): move(_B.HELD, *_ANSWERERS) for one in OPEN_BEDS},
        # "No bed till": anybody at the desk may say when, and nobody is dropped for it.
        **{(one, _C.WAIT): move(_B.WAITING, *_ANSWERERS) for one in OPEN_BEDS},
        # A clerk never turns anybody away: no shirking of patients.
        **{(one, _C.DECLINE): move(_B.DECLINED, *_DECIDERS) for one in OPEN_BEDS},
        **{(one, _C.PASS_ON): move(_B.PASSED_ON, Role.DESK_CLERK) for one in (_B.ASKED, _B.WAITING, _B.PROPOSED)},
        # A bed that was freed goes to the first in order.
        **{(one, _C.PROPOSE): move(_B.PROPOSED, Role.SYSTEM) for one in (_B.ASKED, _B.PASSED_ON, _B.WAITING)},
        # Another day: what was kept stays kept until the desk has said whether it is so for that day too.
        (_B.HELD, _C.REASK): move(_B.PROPOSED, Role.SYSTEM),
        (_B.WAITING, _C.REASK): move(_B.ASKED, Role.SYSTEM),
        # Another ward, or somebody else lies in it now: the bed is of no use to them.
        (_B.HELD, _C.LOSE): move(_B.ASKED, Role.SYSTEM),
        (_B.PROPOSED, _C.LOSE): move(_B.ASKED, Role.SYSTEM),
        (_B.HELD, _C.USE): move(_B.USED, *_DESK),
        **{(one, _C.RELEASE): move(_B.RELEASED, *_DESK) for one in LIVE_BEDS},
    },
)

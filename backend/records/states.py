"""A visit is open until it has an outcome; a slip is on its way until the person was seen; a stay ends in discharge."""

from enum import StrEnum

from backend.kernel.roles import CLINICAL, Role
from backend.kernel.states import Transitions, move


class VisitStatus(StrEnum):
    """Where a visit stands."""

    OPEN = "open"
    FINISHED = "finished"


class VisitAction(StrEnum):
    """What may be done with a visit."""

    FINISH = "finish"


VISITS = Transitions(
    "visit",
    start=(VisitStatus.OPEN,),
    moves={(VisitStatus.OPEN, VisitAction.FINISH): move(VisitStatus.FINISHED, *CLINICAL)},
)


class HandoffStatus(StrEnum):
    """Where a 转介单 stands."""

    SENT = "sent"
    TAKEN = "taken"  # a doctor of the township said: mine
    SEEN = "seen"  # the first visit was opened
    CANCELLED = "cancelled"


class HandoffAction(StrEnum):
    """What may be done with a 转介单."""

    TAKE = "take"
    SEE = "see"
    CANCEL = "cancel"


_S, _A = HandoffStatus, HandoffAction
_TOWNSHIP = (Role.FAMILY_DOCTOR, Role.TEAM_NURSE, Role.SPECIALIST)

HANDOFFS = Transitions(
    "village_handoff",
    start=(_S.SENT,),
    moves={
        (_S.SENT, _A.TAKE): move(_S.TAKEN, *_TOWNSHIP),
        (_S.SENT, _A.SEE): move(_S.SEEN, *_TOWNSHIP),
        (_S.TAKEN, _A.SEE): move(_S.SEEN, *_TOWNSHIP),
        (_S.SENT, _A.CANCEL): move(_S.CANCELLED, Role.VILLAGE_DOCTOR),
        (_S.TAKEN, _A.CANCEL): move(_S.CANCELLED, Role.VILLAGE_DOCTOR),
    },
)


class StayStatus(StrEnum):
    """Where a stay stands. The ward says when somebody recovers, never a program alone (domain-review 2.9)."""

    ADMITTED = "admitted"
    RECOVERING = "recovering"
    DISCHARGED = "discharged"


class StayAction(StrEnum):
    """What may be done with a stay."""

    MARK_RECOVERING = "mark_recovering"
    DISCHARGE = "discharge"


_T, _U = StayStatus, StayAction
_WARD = (Role.WARD_DOCTOR, Role.SPECIALIST, Role.DEPARTMENT_HEAD, Role.FAMILY_DOCTOR)

STAYS = Transitions(
    "stay",
    start=(_T.ADMITTED,),
    moves={
        (_T.ADMITTED, _U.MARK_RECOVERING): move(_T.RECOVERING, *_WARD),
        (_T.ADMITTED, _U.DISCHARGE): move(_T.DISCHARGED, *_WARD),
        (_T.RECOVERING, _U.DISCHARGE): move(_T.DISCHARGED, *_WARD),
    },
)


class Disposition(StrEnum):
    """How somebody left, as on the front sheet of the case history (离院方式)."""

    HOME = "home"
    OTHER_HOSPITAL = "other_hospital"
    COMMUNITY = "community"  # a township or community institution took them over
    AGAINST_ADVICE = "against_advice"
    DIED = "died"
    OTHER = "other"


class OrderStatus(StrEnum):
    """Where a doctor's order of an examination stands."""

    ACTIVE = "active"
    DONE = "done"
    REVOKED = "revoked"


class OrderAction(StrEnum):
    """What may be done with an order."""

    FULFIL = "fulfil"
    REVOKE = "revoke"


ORDERS = Transitions(
    "examination_order",
    start=(OrderStatus.ACTIVE,),
    moves={
        (OrderStatus.ACTIVE, OrderAction.FULFIL): move(OrderStatus.DONE, Role.SYSTEM, *CLINICAL),
        (OrderStatus.ACTIVE, OrderAction.REVOKE): move(OrderStatus.REVOKED, *CLINICAL),
    },
)

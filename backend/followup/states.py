"""A plan runs until it is stopped; a visit is planned, asked for, and done — or called off."""

from enum import StrEnum

from backend.kernel.roles import Role
from backend.kernel.states import Transitions, move

CARERS = (Role.VILLAGE_DOCTOR, Role.FAMILY_DOCTOR, Role.TEAM_NURSE, Role.PUBLIC_HEALTH)


class FollowUpPlanStatus(StrEnum):
    """Whether a plan still makes visits."""

    ACTIVE = "active"
    STOPPED = "stopped"


class FollowUpPlanAction(StrEnum):
    """What may be done with a plan."""

    STOP = "stop"


PLANS = Transitions(
    "follow_up_plan",
    start=(FollowUpPlanStatus.ACTIVE,),
    moves={
        (FollowUpPlanStatus.ACTIVE, FollowUpPlanAction.STOP): move(
            FollowUpPlanStatus.STOPPED, Role.FAMILY_DOCTOR, Role.SYSTEM
        )
    },
)


class FollowUpVisitStatus(StrEnum):
    """Where one visit stands. Overdue is not a status: it is a due date that has gone by."""

    PLANNED = "planned"
    ASKED = "asked"
    DONE = "done"
    CALLED_OFF = "called_off"


class FollowUpVisitAction(StrEnum):
    """What may be done with a visit."""

    ASK = "ask"
    RECORD = "record"
    CALL_OFF = "call_off"


_S, _A = FollowUpVisitStatus, FollowUpVisitAction

VISITS = Transitions(
    "follow_up_visit",
    start=(_S.PLANNED,),
    moves={
        (_S.PLANNED, _A.ASK): move(_S.ASKED, Role.SYSTEM),
        (_S.PLANNED, _A.RECORD): move(_S.DONE, Role.RESIDENT, *CARERS),
        (_S.ASKED, _A.RECORD): move(_S.DONE, Role.RESIDENT, *CARERS),
        (_S.PLANNED, _A.CALL_OFF): move(_S.CALLED_OFF, Role.SYSTEM, *CARERS),
        (_S.ASKED, _A.CALL_OFF): move(_S.CALLED_OFF, Role.SYSTEM, *CARERS),
    },
)

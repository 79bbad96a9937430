"""A plan runs until it is stopped; a visit is planned, asked for, and done or called off; advice is answered."""

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


UPPER = (Role.WARD_DOCTOR, Role.SPECIALIST)
"""Who sends somebody down, sees how it goes on, and may advise."""


class PlanAdviceStatus(StrEnum):
    """Where the advice of the doctor above stands. It changes nothing by itself."""

    OPEN = "open"
    TAKEN_ON = "taken_on"
    NOT_TAKEN_ON = "not_taken_on"
    TAKEN_BACK = "taken_back"  # by whoever wrote it: the wrong patient, or settled by telephone
    LAPSED = "lapsed"  # sight or plan ended before anybody answered


class PlanAdviceAction(StrEnum):
    """What may be done with an advice."""

    TAKE_ON = "take_on"
    LEAVE = "leave"
    TAKE_BACK = "take_back"
    LAPSE = "lapse"
    HAND_ON = "hand_on"


_V, _M = PlanAdviceStatus, PlanAdviceAction

ADVICES = Transitions(
    "plan_advice",
    start=(_V.OPEN,),
    moves={
        (_V.OPEN, _M.TAKE_ON): move(_V.TAKEN_ON, Role.FAMILY_DOCTOR),
        (_V.OPEN, _M.LEAVE): move(_V.NOT_TAKEN_ON, Role.FAMILY_DOCTOR),
        (_V.OPEN, _M.TAKE_BACK): move(_V.TAKEN_BACK, *UPPER),
        # To another doctor of the house, by its office; it waits as before.
        (_V.OPEN, _M.HAND_ON): move(_V.OPEN, Role.MEDICAL_OFFICE),
        (_V.OPEN, _M.LAPSE): move(_V.LAPSED, Role.SYSTEM),
    },
)

"""A task is open until someone has done it, or it is no longer needed. Escalation keeps it open."""

from enum import StrEnum

from backend.kernel.roles import Role
from backend.kernel.states import Transitions, move


class TaskStatus(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskAction(StrEnum):
    """What may be done with a task."""

    COMPLETE = "complete"
    CANCEL = "cancel"


_EVERY_STAFF = tuple(role for role in Role if role not in {Role.ANONYMOUS, Role.RESIDENT})

TASKS = Transitions(
    "task",
    start=(TaskStatus.OPEN,),
    moves={
        (TaskStatus.OPEN, TaskAction.COMPLETE): move(TaskStatus.DONE, Role.RESIDENT, *_EVERY_STAFF),
        (TaskStatus.OPEN, TaskAction.CANCEL): move(TaskStatus.CANCELLED, Role.RESIDENT, *_EVERY_STAFF),
    },
)

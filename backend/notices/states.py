"""A notice ends as sent, or as a named person's task. Unknown is never repeated blindly."""

from enum import StrEnum

from backend.kernel.roles import Role
from backend.kernel.states import Transitions, move


class NoticeStatus(StrEnum):
    """Where a notice stands."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    TASKED = "tasked"
    CANCELLED = "cancelled"


class NoticeAction(StrEnum):
    """What the relay does with a notice."""

    CLAIM = "claim"
    CONFIRM = "confirm"
    LOSE_TRACK = "lose_track"
    RELEASE = "release"
    HAND_TO_PERSON = "hand_to_person"
    CANCEL = "cancel"


_S, _A = NoticeStatus, NoticeAction

NOTICES = Transitions(
    "notice",
    start=(_S.DUE,),
    moves={
        (_S.DUE, _A.CLAIM): move(_S.SENDING, Role.SYSTEM),
        (_S.SENDING, _A.CONFIRM): move(_S.SENT, Role.SYSTEM),
        (_S.SENDING, _A.LOSE_TRACK): move(_S.UNKNOWN, Role.SYSTEM),
        (_S.SENDING, _A.RELEASE): move(_S.DUE, Role.SYSTEM),
        (_S.DUE, _A.HAND_TO_PERSON): move(_S.TASKED, Role.SYSTEM),
        (_S.SENDING, _A.HAND_TO_PERSON): move(_S.TASKED, Role.SYSTEM),
        (_S.UNKNOWN, _A.HAND_TO_PERSON): move(_S.TASKED, Role.SYSTEM),
        (_S.DUE, _A.CANCEL): move(_S.CANCELLED, Role.SYSTEM),
    },
)

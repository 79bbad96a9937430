"""May something be written, and when must somebody be told? The county's paper says nothing of it: S-chat."""

from dataclasses import dataclass
from datetime import timedelta

from backend.kernel.rules import Rule

MAX_TEXT = 2000
"""Characters of one message."""
TELL_RESIDENT_AFTER = timedelta(minutes=3)
"""Unread for so long, an answer is told through WeChat: nobody is on the page."""
TELL_TEAM_AFTER = timedelta(minutes=10)
"""Unanswered for so long, a question becomes a task with its waiting time."""
DANGER_MINUTES = 15
"""How long the first person has for a message with danger words, before the next gets it."""
PER_MINUTE = 60
"""Messages of one account in a minute."""


@dataclass(frozen=True, slots=True)
class WriteFacts:
    """What is known when somebody writes."""

    team_name: str
    team_phone: str
    has_contract: bool
    with_this_team: bool


WRITE_RULES: tuple[Rule[WriteFacts], ...] = (
    Rule(
        "chat.contract_required",
        lambda f: (
            f"和「{f.team_name}」的签约已经结束，以前的话还能看，不能再发。"
            if f.has_contract or f.team_name
            else "还没有签约的医生小组，签了约就能问医生。"
        ),
        lambda f: (
            "请到「问医生」里找您现在的医生小组。"
            if f.has_contract
            else "想继续问，请重新签约；急事请打 120，也可以打村医的电话。"
        ),
        lambda f: f.with_this_team,
    ),
)

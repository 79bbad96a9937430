"""Whose rule it is: a clause of this county's paper, a national rule, or the county's setting."""

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """The three origins a rule may have."""

    CLAUSE = "clause"
    NATIONAL = "national"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands. `sample` marks what the county's paper leaves open."""

    id: str
    kind: SourceKind
    title: str
    document: str = ""
    section: str = ""
    sample: bool = False


HOUSE = Source("house", SourceKind.SETTING, "本系统的使用规则")
"""For refusals that no paper asks for: a wrong phone, a lost version, an order of steps."""

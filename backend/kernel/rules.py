"""Rules are data with a name: a code, a Chinese text, a source and a pure check over facts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from backend.kernel.errors import RuleBroken, Violation
from backend.kernel.sources import Source

Facts = TypeVar("Facts")
SourceLookup = Callable[[str], Source]


@dataclass(frozen=True)
class Rule(Generic[Facts]):
    """A question with a yes or no. `holds` is pure; `source` is the default source id.

    The county's pack may name another source for the rule's code (the same refusal is a
    clause in one county and a setting in another), so the lookup gets the code first.
    """

    code: str
    text: str | Callable[[Facts], str]
    instead: str | Callable[[Facts], str]
    holds: Callable[[Facts], bool]
    pointer: str | None = None


def decide(rules: Iterable[Rule[Facts]], facts: Facts, source_of: SourceLookup) -> tuple[Violation, ...]:
    """Return every broken rule at once, so that nobody mends one to meet the next."""
    return tuple(
        Violation(
            rule=rule.code,
            text=rule.text if isinstance(rule.text, str) else rule.text(facts),
            source=source_of(rule.code),
            instead=rule.instead if isinstance(rule.instead, str) else rule.instead(facts),
            pointer=rule.pointer,
        )
        for rule in rules
        if not rule.holds(facts)
    )


def require(rules: Iterable[Rule[Facts]], facts: Facts, source_of: SourceLookup) -> None:
    """Raise RuleBroken with all violations unless every rule holds."""
    violations = decide(rules, facts, source_of)
    if violations:
        raise RuleBroken("rule_broken", violations[0].text, violations=violations)

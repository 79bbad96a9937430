"""words.toml: danger words in messages, and what is answered at once."""

from __future__ import annotations

from typing import Literal

from backend.alliance.packs.base import Code, Many, PackModel, Sourced, Text


class DangerGroup(Sourced):
    """Words that mean the same trouble; the advice is shown before anything else."""

    code: Code
    name: Text
    severity: Literal["emergency", "urgent"]
    words: Many[Text]
    unless: Many[Text] = ()
    advice: Text


class WordsSection(PackModel):
    """The words that flag a message; no outside checker sees it."""

    groups: Many[DangerGroup]

    def find(self, message: str) -> tuple[DangerGroup, ...]:
        """The groups whose words stand in the message, emergencies first."""
        found = []
        for group in self.groups:
            rest = message
            for phrase in group.unless:
                rest = rest.replace(phrase, "")
            if any(word in rest for word in group.words):
                found.append(group)
        return tuple(sorted(found, key=lambda g: g.severity))

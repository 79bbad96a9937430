"""National rules, the same for every county; an unconfirmed one cannot be a source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class NationalRule:
    """A rule of a national paper; ``certainty`` is confirmed, second_hand or unconfirmed."""

    id: str
    document: str
    title: str
    certainty: str


@cache
def national_rules() -> dict[str, NationalRule]:
    """Every national rule by its id."""
    text = Path(__file__).with_name("national.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    rules: dict[str, NationalRule] = {}
    for group in content["documents"]:
        for entry in group["rules"]:
            rules[entry["id"]] = NationalRule(
                id=entry["id"],
                document=group["document"],
                title=entry["title"],
                certainty=entry.get("certainty", "confirmed"),
            )
    return rules


def national_prefixes() -> frozenset[str]:
    """The prefixes that belong to national rules and to no county (LP, HT, …)."""
    return frozenset(rule_id.split("-", 1)[0] for rule_id in national_rules())

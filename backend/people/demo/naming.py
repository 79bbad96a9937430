"""Names as the peoples of the county give them (domain-review 4.7); written here, never split again."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class People:
    """How one people gives names: surname and given, or birth-order word and given."""

    name: str
    language: str
    form: str
    surnames: tuple[str, ...]
    surname_percent: int
    orders: Mapping[str, tuple[str, ...]]
    given: Mapping[str, tuple[str, ...]]
    rare: tuple[str, ...]

    def child_name(self, random: Random, sex: str, surname: str) -> str:
        """A name for a child of a family with that surname (empty where the family has none)."""
        given = random.choice(self.given[sex])
        if self.form == "order_given":
            return surname + random.choice(self.orders[sex]) + given
        if self.rare and random.random() < 0.02:
            given = random.choice(self.rare)
        return surname + given

    def surname(self, random: Random) -> str:
        """A family's surname, or empty: many Dai cards have none."""
        if self.form == "order_given" and random.randrange(100) >= self.surname_percent:
            return ""
        return random.choice(self.surnames)


@cache
def peoples() -> dict[str, People]:
    """Every people of `names.toml`, by its name."""
    content = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
    return {entry["name"]: _people(entry) for entry in content["peoples"]}


def _people(entry: dict[str, Any]) -> People:
    return People(
        name=entry["name"],
        language=entry.get("language", ""),
        form=entry["form"],
        surnames=tuple(entry["surnames"]),
        surname_percent=entry.get("surname_percent", 100),
        orders={sex: tuple(entry.get(f"{sex}_orders", ())) for sex in ("male", "female")},
        given={sex: tuple(entry[sex]) for sex in ("male", "female")},
        rare=tuple(entry.get("rare", ())),
    )

"""Households as villages have them: who lives together, how old, who is away."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from backend.people.demo.naming import People, peoples


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a household before they get numbers; `part` is old, grown or child."""

    name: str
    sex: str
    birth_on: date
    ethnicity: str
    part: str
    away: bool


KINDS = (
    ("old_couple", 20),
    ("old_alone", 8),
    ("three_generations", 32),
    ("left_behind", 16),
    ("couple_with_children", 18),
    ("grown_alone", 6),
)


def make_household(random: Random, people: People, other: People, as_of: date) -> list[Member]:
    """One household: the head first. The mother may be of another people and keeps her own surname."""
    kind = random.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
    surname = people.surname(random)
    members: list[Member] = []

    def add(part: str, sex: str, born: date, *, married_in: bool = False, away: bool = False) -> None:
        own = other if married_in and random.random() < 0.25 else people
        family = own.surname(random) if married_in else surname
        taken = {member.name for member in members}
        name = own.child_name(random, sex, family)
        while name in taken:  # namesakes live in other houses
            name = own.child_name(random, sex, family)
        members.append(Member(name, sex, born, own.name, part, away))

    old_born = _born(random, as_of, 60, 92)
    grown_born = _born(random, as_of, 24, 59)
    if kind in ("old_couple", "three_generations", "left_behind"):
        add("old", "male", old_born)
        add("old", "female", _near(random, old_born, as_of, 55), married_in=True)
    if kind == "old_alone":
        add("old", random.choice(("male", "female")), old_born)
    if kind in ("three_generations", "left_behind"):
        grown_born = _after(random, old_born, as_of)
    if kind in ("three_generations", "couple_with_children", "left_behind"):
        away = kind == "left_behind" or random.random() < 0.2
        add("grown", "male", grown_born, away=away)
        add("grown", "female", _near(random, grown_born, as_of, 20), married_in=True, away=kind == "left_behind")
        for _ in range(random.randrange(0, 3) or (1 if kind == "left_behind" else 0)):
            born = grown_born + timedelta(days=random.randrange(22 * 365, 33 * 365))
            if born <= as_of:
                grown = (as_of - born).days > 18 * 366
                add("grown" if grown else "child", random.choice(("male", "female")), born)
    if kind == "grown_alone":
        add("grown", random.choice(("male", "female")), grown_born, away=random.random() < 0.3)
    return members


def choose_people(random: Random, shares: dict[str, int]) -> People:
    """A people by its share in the town."""
    known = peoples()
    return known[random.choices(list(shares), list(shares.values()))[0]]


def _born(random: Random, as_of: date, youngest: int, oldest: int) -> date:
    return as_of - timedelta(days=random.randrange(youngest * 365 + 20, oldest * 365))


def _near(random: Random, born: date, as_of: date, youngest: int) -> date:
    near = born + timedelta(days=random.randrange(-4 * 365, 5 * 365))
    return min(near, as_of - timedelta(days=youngest * 365 + 20))


def _after(random: Random, born: date, as_of: date) -> date:
    child = born + timedelta(days=random.randrange(22 * 365, 35 * 365))
    return min(child, as_of - timedelta(days=21 * 365))

"""Chronic diseases, the readings that go with them, and the groups that only a list can tell."""

from dataclasses import dataclass
from random import Random

from backend.people.demo.shape import DemoReading

VISIT_DAYS = (5, 95, 185)


@dataclass(frozen=True, slots=True)
class Health:
    """What the file says of somebody's health; codes are the pack's."""

    conditions: tuple[str, ...]
    key_groups: tuple[str, ...]
    readings: tuple[DemoReading, ...]


def health_of(random: Random, age: int, sex: str, *, poor: bool) -> Health:
    """Diseases as common as they are in the country, readings around the goal, some well above it."""
    conditions: list[str] = []
    readings: list[DemoReading] = []
    if random.random() < _hypertension(age):
        conditions.append("hypertension")
        top, bottom = random.randrange(126, 166), random.randrange(74, 98)
        for days in VISIT_DAYS:
            offset = random.randrange(0, 12)
            readings.append(DemoReading("systolic", top + random.randrange(-6, 8), "mmHg", days + offset))
            readings.append(DemoReading("diastolic", bottom + random.randrange(-4, 5), "mmHg", days + offset))
    if random.random() < _diabetes(age):
        conditions.append("diabetes")
        level = random.uniform(5.6, 9.4)
        for days in VISIT_DAYS:
            value = round(level + random.uniform(-0.5, 0.6), 1)
            readings.append(DemoReading("glucose_fasting", value, "mmol/L", days + random.randrange(0, 12)))
    for name, youngest, share in (("coronary", 55, 0.06), ("copd", 50, 0.05), ("stroke-recovery", 60, 0.03)):
        if age >= youngest and random.random() < share:
            conditions.append(name)
    groups = [name for name, yes in _groups(random, age, sex, poor=poor) if yes]
    return Health(tuple(conditions), tuple(groups), tuple(readings))


def _hypertension(age: int) -> float:
    return 0.46 if age >= 65 else 0.24 if age >= 45 else 0.05 if age >= 35 else 0.0


def _diabetes(age: int) -> float:
    return 0.18 if age >= 65 else 0.1 if age >= 45 else 0.02 if age >= 35 else 0.0


def _groups(random: Random, age: int, sex: str, *, poor: bool) -> tuple[tuple[str, bool], ...]:
    return (
        ("disabled", random.random() < 0.04),
        ("pregnant", sex == "female" and 20 <= age <= 40 and random.random() < 0.08),
        ("poor-household", poor),
    )

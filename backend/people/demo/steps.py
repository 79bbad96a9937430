"""What other rooms add to the demonstration: teams and contracts, readings, schedules. News goes up, ids come down."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from backend.people.demo.shape import Population


@dataclass(frozen=True, slots=True)
class DemoIds:
    """The ids that the demonstration's people got, by their keys."""

    residents: dict[str, UUID]
    clinicians: dict[str, UUID]
    accounts: dict[str, UUID]


Step = Callable[[Session, Population, DemoIds], str]
"""Writes a room's part for one county in the transaction of the load; returns what it did, in Chinese."""

_steps: dict[str, Step] = {}


def register_step(name: str, step: Step) -> None:
    """Add a room's part; called from its `setup.install`, in the order of the floors."""
    _steps[name] = step


def steps() -> tuple[tuple[str, Step], ...]:
    """Every room's part, in the order of registration."""
    return tuple(_steps.items())

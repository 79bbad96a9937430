"""What every row of a world is made with: whose it is, and the words that are sealed in it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.store.vault import vault

WARD, OTHER_WARD = "general_practice", "minor_surgery"
WORDS = {"xinmi": "新密矩阵里的私房话", "mangshi": "芒市矩阵里的私房话"}
"""Stands in every sealed text of a world: wherever it shows, somebody reads what was said."""


Named = Iterator[tuple[str, Any]]


def own(world: Any) -> UUID:
    """Return who made, wrote or was given everything of a world."""
    return world.people["own"].practitioner_id


def put(current: Session, row: Any, **sealed: str) -> Any:
    """Write a row with its sealed texts."""
    for name, value in sealed.items():
        vault().seal(row, name, value)
    current.add(row)
    current.flush()
    return row

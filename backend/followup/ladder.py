"""The county's stairs of persons, as owners and minutes of a task."""

from itertools import pairwise
from typing import Any
from uuid import UUID

from backend.alliance.packs.sections.followup import Ladder
from backend.kernel.roles import Role
from backend.worklist.service import Owner


def minutes_of(hours: int) -> int:
    """Return minutes."""
    return hours * 60


def rungs(ladder: Ladder) -> list[int]:
    """Return how many minutes each step has before the next one gets it; the last has as long as the one before."""
    starts = [step.after_minutes for step in ladder.steps]
    gaps = [later - sooner for sooner, later in pairwise(starts)]
    return [*gaps, gaps[-1] if gaps else 60]


def climb(ladder: Ladder, named: dict[Role, UUID], institution: str, upper: str | None) -> list[tuple[Owner, int]]:
    """Return the owners of a task in order with their minutes: named persons where known, else the role at a place.

    Steps that begin at the same minute as the one before are told, not asked, and left out here.
    """
    steps: list[tuple[Owner, int]] = []
    gaps = rungs(ladder)
    for step, minutes in zip(ladder.steps, gaps, strict=True):
        own = minutes or next((gap for gap in gaps if gap > 0), 60)
        role = Role(step.role)
        if role is Role.VILLAGE_DOCTOR and role not in named:
            continue  # nobody's village doctor is nobody: the next person has it at once
        if role in named:
            owner = Owner(practitioner_id=named[role])
        else:
            place = upper if role is Role.DESK_CLERK and upper else institution
            owner = Owner(role=role, institution=place)
        if not steps or steps[-1][0] != owner:
            steps.append((owner, own))
    return steps


def as_ladder(steps: list[tuple[Owner, int]]) -> list[dict[str, Any]]:
    """Return all but the first step as a task's ladder."""
    return [owner.step(minutes) for owner, minutes in steps[1:]]

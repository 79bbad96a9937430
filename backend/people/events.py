"""What happened to people, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from backend.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentDied(Event):
    """Somebody's death was written down, by whoever saw the papers."""

    resident_id: UUID

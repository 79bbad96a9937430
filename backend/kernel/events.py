"""What happened, in the past tense. News goes up by event; calls go down by import."""

from dataclasses import dataclass, field
from uuid import UUID

from backend.kernel.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events: flat, of ids, codes and numbers only, so that it may rest in clear."""

    county_id: str
    event_id: UUID = field(default_factory=new_id)

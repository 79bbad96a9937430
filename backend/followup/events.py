"""What happened in follow-up. Prescriptions stop on danger; oversight counts services."""

from dataclasses import dataclass
from uuid import UUID

from backend.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpStarted(Event):
    """A plan began."""

    plan_id: UUID
    resident_id: UUID
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDone(Event):
    """A visit was recorded; `face_to_face` counts towards the four a year, an answer by phone does not."""

    visit_id: UUID
    resident_id: UUID
    condition: str
    outcome: str
    face_to_face: bool
    practitioner_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerReported(Event):
    """A dangerous value or sign came in; long prescriptions stop until a doctor has decided (LP-12)."""

    visit_id: UUID
    resident_id: UUID
    condition: str

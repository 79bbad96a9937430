"""What happened around long prescriptions."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionIssued(Event):
    """A doctor wrote a long prescription; `renews_id` names the one that it goes on from."""

    prescription_id: UUID
    resident_id: UUID
    practitioner_id: UUID
    institution: str
    renews_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionCollected(Event):
    """All drugs are in the patient's hand; they last until `run_out_on`."""

    prescription_id: UUID
    resident_id: UUID
    run_out_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionFrozen(Event):
    """Nothing is handed out or renewed until a doctor decides (LP-12). `reason` is a stop event of the pack."""

    prescription_id: UUID
    resident_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionStopped(Event):
    """A doctor stopped it: the next one counts as a first one (LP-11)."""

    prescription_id: UUID
    resident_id: UUID
    reason: str

"""What happened in the record. Others react: worklists, follow-up, points for work done."""

from dataclasses import dataclass
from uuid import UUID

from backend.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsTaken(Event):
    """Values were measured together. `source` is self, proxy or staff."""

    resident_id: UUID
    set_id: UUID
    source: str
    practitioner_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFinished(Event):
    """A visit was closed with its outcome."""

    visit_id: UUID
    resident_id: UUID
    institution: str
    practitioner_id: UUID
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOverByVillage(Event):
    """A village doctor sent somebody to the township with a 转介单."""

    handoff_id: UUID
    resident_id: UUID
    from_institution: str
    to_institution: str
    urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitOpened(Event):
    """Somebody sits in front of a doctor; `handoff_id` names the slip that brought them."""

    visit_id: UUID
    resident_id: UUID
    institution: str
    handoff_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffEnded(Event):
    """A 转介单 needs nobody any more: taken by a doctor, seen, or cancelled by the village doctor."""

    handoff_id: UUID
    resident_id: UUID
    outcome: str  # taken | seen | cancelled
    practitioner_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientAdmitted(Event):
    """Somebody was admitted to a bed: as referred, or not, or as an emergency or a special case."""

    stay_id: UUID
    resident_id: UUID
    institution: str
    department: str
    came_as: str
    referral_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDischarged(Event):
    """A stay ended. `disposition` is how; with `handed_over` a team below has taken the person over."""

    stay_id: UUID
    resident_id: UUID
    institution: str
    disposition: str
    handed_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRevoked(Event):
    """A doctor took an examination back."""

    order_id: UUID
    resident_id: UUID

"""What happened to places and beds, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from backend.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentBooked(Event):
    """A place was taken."""

    appointment_id: UUID
    resident_id: UUID
    referral_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentSubmitted(Event):
    """A place is taken, and a person at the desk has to say yes."""

    appointment_id: UUID
    resident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentOffered(Event):
    """A place is kept for somebody until they answer: from the wait list, or because their doctor is away."""

    appointment_id: UUID
    resident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMissed(Event):
    """Somebody had a place and did not come."""

    appointment_id: UUID
    resident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStopped(Event):
    """Somebody's place is in a session that does not take place."""

    appointment_id: UUID
    resident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMoved(Event):
    """An appointment has another time now."""

    appointment_id: UUID
    resident_id: UUID
    referral_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCancelled(Event):
    """An appointment ended and its place was given back."""

    appointment_id: UUID
    resident_id: UUID
    referral_id: UUID | None = None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BedAnswered(Event):
    """Something was said about a bed that was asked for, or a kept one was lost: patient and doctor are told.

    What is told is how it stands then: of two answers in one breath only the last.
    """

    bed_id: UUID
    referral_id: UUID
    resident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BedFreed(Event):
    """A bed that was kept for somebody is not any more; the next in order may have it."""

    institution: str
    department: str
    bed: str

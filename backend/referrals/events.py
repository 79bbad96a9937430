"""What happened to a referral. Others react: booking, follow-up, notices, oversight."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSubmitted(Event):
    """The treating doctor signed: the hospital is asked, consent is asked, the chain is open."""

    referral_id: UUID
    resident_id: UUID
    from_institution: str
    to_institution: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRescheduled(Event):
    """The day or the department changed without a new signature: what was kept for the old one is asked about again."""

    referral_id: UUID
    resident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralConsented(Event):
    """The patient, a guardian or whoever holds a written authority said yes."""

    referral_id: UUID
    resident_id: UUID
    to_institution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralAnswered(Event):
    """The hospital said yes or no."""

    referral_id: UUID
    resident_id: UUID
    institution: str
    department: str | None
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralAskedAgain(Event):
    """An answer that was written down wrongly stands no longer, and the same house is asked once more."""

    referral_id: UUID
    resident_id: UUID
    institution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralEnded(Event):
    """It ended without the patient having gone: withdrawn, declined, refused, expired. Places are given back."""

    referral_id: UUID
    resident_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssued(Event):
    """The certificate exists. `late` marks a signature that follows on the next working day."""

    referral_id: UUID
    resident_id: UUID
    certificate_id: UUID
    number: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReassigned(Event):
    """Another doctor of the house goes on with a referral: what was the one's to do about it is the other's."""

    referral_id: UUID
    resident_id: UUID
    institution: str
    before: UUID
    after: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientArrived(Event):
    """Somebody came to the desk, with a referral or without; nobody is turned away."""

    arrival_id: UUID
    resident_id: UUID
    institution: str
    referral_id: UUID | None
    came_as: str
    category: str
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverAccepted(Event):
    """The team below took the patient over, to a bed or home; the follow-up plan starts in the same transaction.

    `practitioner_id` accepted and is responsible; the three days decide when the first look is due.
    """

    referral_id: UUID
    resident_id: UUID
    institution: str
    kind: str  # bed | home
    condition: str | None
    hospital_follows: bool
    practitioner_id: UUID
    upper_institution: str | None
    discharged_on: date
    advised_on: date | None = None
    medicine_ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugsMissingBelow(Event):
    """Somebody is to be sent down with drugs the house below does not keep; a filing may follow (XM-5.7)."""

    referral_id: UUID
    institution: str
    drugs: tuple[str, ...]  # names with strength


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAccepted(Event):
    """Somebody sent down on paper from above was taken over; the plan starts in the same transaction (MS-3b)."""

    incoming_id: UUID
    resident_id: UUID
    institution: str
    condition: str | None
    practitioner_id: UUID
    discharged_on: date
    advised_on: date | None = None
    medicine_ends_on: date | None = None

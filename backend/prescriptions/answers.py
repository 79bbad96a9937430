"""What goes out about long prescriptions."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from backend.prescriptions.states import PrescriptionStatus, RenewalStatus


class SourceOut(BaseModel):
    """Whose rule it is."""

    id: str
    kind: str
    title: str
    document: str
    section: str
    sample: bool


class ViolationOut(BaseModel):
    """A rule that says no, and what to do instead."""

    rule: str
    text: str
    instead: str
    pointer: str | None
    source: SourceOut


class ReadingOut(BaseModel):
    """The newest value of a measure; `met` is None when the county's protocol has no aim for it."""

    code: str
    name: str
    value: float
    unit: str
    taken_at: datetime
    aim: float | None
    met: bool | None


class DrugOut(BaseModel):
    """A drug of the county's catalogue; `kept_here` in this actor's institution."""

    code: str
    name: str
    spec: str
    unit: str
    essential: bool
    price_fen: int
    sample: bool
    kept_here: bool
    excluded: str  # why it is never in a long prescription, or empty


class DrugsOut(BaseModel):
    """The catalogue."""

    items: list[DrugOut]


class CheckOut(BaseModel):
    """What a doctor knows before writing. Points only asked while writing (assessment, seen, note) are not in here."""

    may: bool
    violations: list[ViolationOut]
    issue: str
    issue_text: str
    usual_days: int
    max_days: int
    carry_days: int
    starts_on: date
    confirm_above_days: int
    readings: list[ReadingOut]


class PersonOut(BaseModel):
    """Whom it is about, never by name alone."""

    id: UUID
    name: str
    birth_year: int
    village_name: str


class ItemOut(BaseModel):
    """One drug with its dose in words and how many there are for all days."""

    drug: str
    name: str
    spec: str
    unit: str
    per_time: float
    times_a_day: int
    quantity: int
    dose_text: str
    how: str


class PlaceOut(BaseModel):
    """Where the drugs are had."""

    code: str
    name: str
    phone: str


class RenewalHint(BaseModel):
    """What the patient is told about going on: to come and be seen, nothing promised."""

    id: UUID
    status: RenewalStatus
    text: str
    reason_text: str
    words: str


class PrescriptionOut(BaseModel):
    """A long prescription as this actor sees it."""

    id: UUID
    version: int
    status: PrescriptionStatus
    status_text: str
    resident: PersonOut
    condition: str
    condition_name: str
    issue: str
    issue_text: str
    days: int
    carry_days: int
    issued_on: date
    starts_on: date
    last_day: date
    days_left: int
    doctor_name: str
    institution_name: str
    pickup: PlaceOut
    pickup_from: date
    pickup_text: str
    bring: list[str]
    other_may_collect: bool
    with_village_doctor: str  # the name of who fetched it, or empty
    items: list[ItemOut]
    needs_confirmation: bool
    frozen_text: str
    advice: str
    note: str
    return_note: str
    stop_text: str
    renews_id: UUID | None
    renewal: RenewalHint | None
    actions: list[str]


class PrescriptionsOut(BaseModel):
    """A page of long prescriptions."""

    items: list[PrescriptionOut]
    next_cursor: str | None = None


class RenewalOut(BaseModel):
    """A look before the drugs run out: what was given, the last values, what stands in the way."""

    id: UUID
    version: int
    status: RenewalStatus
    status_text: str
    run_out_on: date
    days_left: int
    prescription: PrescriptionOut
    readings: list[ReadingOut]
    violations: list[ViolationOut]
    actions: list[str]


class RenewalsOut(BaseModel):
    """A page of renewals."""

    items: list[RenewalOut]
    next_cursor: str | None = None


class PickupOut(BaseModel):
    """A row of the pick-up register (LP-13)."""

    id: UUID
    prescription_id: UUID
    resident: PersonOut
    picked_at: datetime
    institution_name: str
    handed_by: str
    collected_by: str
    collected_text: str
    papers_text: str
    signed_text: str
    drugs: list[str]


class PickupsOut(BaseModel):
    """A page of the register."""

    items: list[PickupOut]
    next_cursor: str | None = None

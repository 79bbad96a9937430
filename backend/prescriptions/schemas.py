"""What comes in about long prescriptions."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from backend.prescriptions.states import DeclineReason, PrescriptionStatus, RenewalStatus
from backend.web.paging import PageQuery

Drawn = Field(default="", max_length=300_000, description="手写签名，PNG 的 data URL")
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Digits = Annotated[str, StringConstraints(pattern=r"^([0-9]{3}[0-9Xx])?$")]
Paper = Literal["id_card", "social_card", "household_book"]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemIn(_Input):
    """One drug: how much each time, how often a day, and a word on how."""

    drug: Code
    per_time: Decimal = Field(gt=0, le=100, max_digits=6, decimal_places=2)
    times_a_day: int = Field(ge=1, le=12)
    how: str = Field(default="", max_length=60)


class AssessmentIn(_Input):
    """The five points of LP-01; each must be answered."""

    diagnosis_clear: bool
    regimen_stable: bool
    adherence_good: bool
    condition_controlled: bool
    long_term_needed: bool


class WritingIn(_Input):
    """What a doctor writes, apart from the disease."""

    days: int = Field(ge=1, le=400)
    items: list[ItemIn] = Field(min_length=1, max_length=12)
    assessment: AssessmentIn
    note: str = Field(default="", max_length=1000, description="评估：病史、现状、用药、按时吃没有、控制情况")
    advice: str = Field(default="", max_length=500, description="跟病人说的话")
    examined: bool = Field(description="当面看过病人")
    educated: bool = False
    confirmation: Literal["none", "in_person", "phone_app"] = "none"
    signature: str = Drawn
    pickup_at: Code | None = None
    visit_id: UUID | None = None
    continues: Literal["own", "hospital_order", "referral", "stay"] = "own"
    continues_id: UUID | None = None

    @model_validator(mode="after")
    def _once(self) -> "WritingIn":
        if len({item.drug for item in self.items}) != len(self.items):
            raise ValueError("同一种药写了两次，请合在一行。")
        if self.confirmation == "in_person" and not self.signature:
            raise ValueError("当面同意要有病人的签名。")
        return self


class IssueIn(WritingIn):
    """A long prescription for one disease."""

    condition: Code


class CheckQuery(_Input):
    """What one thinks of writing; drugs as codes with commas between."""

    condition: Code
    days: int | None = Field(default=None, ge=1, le=400)
    drugs: str = Field(default="", max_length=800)


class NoteIn(_Input):
    """Words that the other one reads."""

    note: str = Field(min_length=2, max_length=300)


class ReasonIn(_Input):
    """A stop event of the county's list, and words if there are any."""

    reason: Code
    note: str = Field(default="", max_length=300)


class PickupIn(_Input):
    """What was seen when the drugs were handed over; digits are the last four of the number on the card."""

    collected_by: Literal["self", "other"]
    patient_paper: Paper
    patient_digits: Digits = ""
    collector_name: str = Field(default="", max_length=40)
    relation: str = Field(default="", max_length=20)
    collector_paper: Paper = "id_card"
    collector_digits: Digits = ""
    knows_patient: bool = False
    signature: str = Drawn
    signed_on_paper: bool = False


class FetchItemIn(_Input):
    """One patient's drugs that a village doctor takes along."""

    prescription_id: UUID
    patient_paper: Paper
    patient_digits: Digits = ""


class FetchIn(_Input):
    """Several patients' drugs at once, all or none."""

    items: list[FetchItemIn] = Field(min_length=1, max_length=50)


class DeclineIn(_Input):
    """Why a doctor does not go on, in words for the patient."""

    reason: DeclineReason
    words: str = Field(min_length=2, max_length=300)


class ListQuery(PageQuery):
    """Which prescriptions: of a status, of a resident, still in use."""

    status: PrescriptionStatus | None = None
    resident_id: UUID | None = None
    running: bool = False


class RenewalsQuery(PageQuery):
    """Which renewals; the waiting ones when left out."""

    status: RenewalStatus = RenewalStatus.WAITING


class DrugsQuery(_Input):
    """For which disease; all when left out."""

    condition: Code | None = None

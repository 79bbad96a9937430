"""What comes in about referrals."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.kernel.roles import Role
from backend.records.schemas import DiagnosisCode
from backend.web.given import Day
from backend.web.paging import PageQuery

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Words = Annotated[str, Field(max_length=1000)]
Line = Annotated[str, Field(max_length=60)]
Pin = Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Category = Literal["outpatient", "stay", "examination", "bed", "home"]
RecordKind = Literal["visit", "readings", "result", "stay", "handoff"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class RecordIn(_In):
    """One attached thing of the record."""

    kind: RecordKind
    id: UUID


class DraftIn(_In):
    """What the treating doctor says; what is left out stays as it is."""

    to_institution: Code | None = None
    category: Category | None = None
    to_department: Code | None = None
    to_doctor: Line | None = None
    wanted_on: Day | None = None
    diagnosis_code: DiagnosisCode | None = None
    diagnosis_text: Annotated[str, Field(max_length=120)] | None = None
    indication: Code | None = None
    standard: Code | None = None
    article: Annotated[int, Field(ge=1, le=99)] | None = None
    skip_reason: Code | None = None
    surgery_grade: Annotated[int, Field(ge=1, le=4)] | None = None
    technique: Code | None = None
    choice_by_patient: bool | None = None
    records: Annotated[list[RecordIn], Field(max_length=30)] | None = None
    no_records: bool | None = None
    summary: Words | None = None
    treatment: Words | None = None
    caution: Words | None = None
    cleared: Annotated[list[Code], Field(max_length=8)] = []


class ReferralIn(DraftIn):
    """A new draft, out of a visit; `stay_id` names the stay here that it leaves, else it is found."""

    resident_id: UUID
    visit_id: UUID | None = None
    stay_id: UUID | None = None
    own_wish: bool = False


class EditIn(DraftIn):
    """A change; with the PIN when what was signed is changed."""

    pin: Pin | None = None


class OwnWishIn(_In):
    """Somebody asked to be transferred at their own wish alone."""

    resident_id: UUID
    to_institution: Code
    visit_id: UUID | None = None
    diagnosis_text: Annotated[str, Field(max_length=120)] = ""


class PinIn(_In):
    """The signing PIN."""

    pin: Pin


class SignIn(PinIn):
    """Signing what was on the screen."""

    content_hash: Hash


class ReasonIn(_In):
    """A reason somebody else will read."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


class ConsentIn(_In):
    """Yes, with a drawn signature, and in which language it was explained."""

    content_hash: Hash
    drawn: Annotated[str, Field(min_length=20, max_length=280_000)]
    child_heard: bool = False
    language: Line = ""
    interpreter: Line = ""


class _Heard(_In):
    by: Literal["self", "guardian", "authorised", "relative"] = "self"
    signer_name: Line = ""
    relation: Line = ""
    authority_id: UUID | None = None
    identity_known: bool = False
    doctor_confirms: bool = False
    witness: Line = ""
    language: Line = ""
    interpreter: Line = ""


class HelpedConsentIn(_Heard, ConsentIn):
    """Yes on the doctor's phone: who, known by which papers, with which witness, in which language."""


class HelpedNoIn(_Heard):
    """The patient's own no, as staff heard it."""

    how: Literal["in_person", "phone"] = "in_person"
    reason: Annotated[str, Field(max_length=300)] = ""


class ReassignIn(_In):
    """Which doctor of the house goes on with it, and why."""

    practitioner_id: UUID
    reason: Code


class AnswerIn(_In):
    """The hospital's yes or no."""

    accept: bool
    department: Code | None = None
    contact: Line = ""
    note: Annotated[str, Field(max_length=200)] = ""
    day: Day | None = None
    reason: Code | None = None
    alternative_institution: Code | None = None
    alternative_department: Code | None = None
    free_on: Day | None = None


class VerifyIn(_In):
    """A scanned QR or a typed number."""

    text: Annotated[str, Field(min_length=10, max_length=400)]


class ReferralsQuery(PageQuery):
    """Everybody's that the reader may see, or one person's."""

    resident_id: UUID | None = None


class ArrivalIn(_In):
    """Who stands at the desk; `condition` is the disease of an exemption that the law binds to a designated house."""

    category: Literal["outpatient", "stay", "examination"]
    department: Code | None = None
    certificate: Annotated[str, Field(min_length=10, max_length=400)] | None = None
    referral_id: UUID | None = None
    resident_id: UUID | None = None
    exemption: Code | None = None
    condition: Code | None = None
    on_paper: bool = False


class ResultIn(_In):
    """What was found and what to take, as the hospital writes it back."""

    result: Annotated[str, Field(min_length=1, max_length=2000)]


class CountyQuery(_In):
    """Which county."""

    county: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,31}$")]


class PassOnIn(_In):
    """To whom the clerk gives it."""

    role: Role


class AssignIn(_In):
    """To which department of the house, and which one stood on the screen before."""

    department: Code
    instead_of: Code | None = None


class OptionsQuery(_In):
    """For which diagnosis, and which operation or technique."""

    diagnosis_code: DiagnosisCode | None = None
    surgery_grade: Annotated[int, Field(ge=1, le=4)] | None = None
    technique: Code | None = None


class ComeBackIn(_In):
    """Back up to the hospital that sent the patient down: why now, by which article, signed."""

    category: Literal["outpatient", "stay"] = "stay"
    indication: Code
    standard: Code | None = None
    article: Annotated[int, Field(ge=1, le=99)] | None = None
    skip_reason: Code | None = None
    choice_by_patient: bool
    wanted_on: Day | None = None
    summary: Words | None = None
    pin: Pin

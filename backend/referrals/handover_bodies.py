"""What goes in and out about the way down: the ward's list, the package, the family's page, taking over."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from backend.records.schemas import DiagnosisCode, PersonLine
from backend.records.stay_views import StayBody
from backend.referrals.bodies import AnswerBody, CertificateLine, ConsentBody, DoctorBody, Named, NowBody, StepBody
from backend.referrals.bodies_options import OptionsBody
from backend.referrals.schemas import Code, Line, Pin, Words, _In
from backend.web.given import Day
from backend.web.openapi import SourceBody, ViolationBody

Way = Literal["bed", "home"]


class ProposalIn(_In):
    """Whom, where to, to a bed or home, and why."""

    kind: Way
    to_institution: Code
    indication: Code | None = None
    standard: Code | None = None
    article: Annotated[int, Field(ge=1, le=99)] | None = None
    choice_by_patient: bool = False
    diagnosis_code: DiagnosisCode | None = None
    diagnosis_text: Annotated[str, Field(max_length=120)] | None = None


class DrugIn(_In):
    """A drug that goes along; `code` of the catalogue, or a name in words."""

    code: Code | None = None
    name: Line = ""
    dose: Line = ""
    until_on: Day | None = None


class PackageIn(_In):
    """Parts of the package; what is left out stays as it is. `pin` when it was signed before."""

    texts: Annotated[dict[Code, Words], Field(max_length=20)] | None = None
    drugs: Annotated[list[DrugIn], Field(max_length=20)] | None = None
    no_medicine: bool | None = None
    review_on: Day | None = None
    follows: bool | None = None
    followed_by: Line | None = None
    pin: Pin | None = None


class TakingIn(_In):
    """Where the patient lies from now on, when it is a bed."""

    department: Code | None = None
    bed: Annotated[str, Field(max_length=20)] | None = None
    note: Annotated[str, Field(max_length=200)] = ""


class WayDownLine(BaseModel):
    """The way down that is open for an in-patient, in one line."""

    referral_id: UUID
    kind: str
    status: str
    to_name: str
    now: NowBody


class WardLine(BaseModel):
    """An in-patient, and their way down if one is open."""

    stay: StayBody
    way_down: WayDownLine | None
    actions: list[str]


class WardBody(BaseModel):
    """Who lies in the ward: who recovers first."""

    institution_name: str
    department_name: str
    techniques: list[Named]
    items: list[WardLine]
    recovering: int
    proposed: int


class DownOptionsBody(BaseModel):
    """Everything the ward's wizard asks about."""

    stay: StayBody
    options: OptionsBody
    own_institution: str | None  # of the person's own team, else of their town
    own_team: str
    kinds: list[Named]
    drugs: list[Named]
    decline_source: SourceBody


class DrugBody(BaseModel):
    """A drug that goes along. `kept`: the house below has it."""

    code: str | None
    name: str
    dose: str
    until_on: date | None
    kept: bool


class PartBody(BaseModel):
    """A part of the package, ticked off or not."""

    code: str
    name: str
    plain: str
    kind: str
    required: bool
    done: bool
    text: str | None
    source: SourceBody


class PackageBody(BaseModel):
    """The hand-over as this reader may see it: before the consent the house below sees drugs and days, no words."""

    referral_id: UUID
    version: int
    kind: str
    status: str
    person: PersonLine | None
    masked: str
    diagnosis_text: str
    from_name: str
    from_department_name: str | None
    to_name: str
    ward_doctor: DoctorBody
    indication_text: str
    parts: list[PartBody]
    drugs: list[DrugBody]
    no_medicine: bool
    review_on: date | None
    follows: bool | None
    followed_by: str
    medicine_ends_on: date | None
    first_look_on: date | None
    missing: list[ViolationBody]
    not_kept: list[str]
    not_kept_source: SourceBody
    consent: ConsentBody | None
    answer: AnswerBody | None
    steps: list[StepBody]
    certificate: CertificateLine | None
    now: NowBody
    blocked: list[ViolationBody]
    decline_reasons: list[Named]
    accepted_at: datetime | None
    accepted_by: str
    stay_below_id: UUID | None
    plan_starts: bool
    actions: list[str]


class HandOverLine(BaseModel):
    """Somebody this house is asked to take back."""

    referral_id: UUID
    kind: str
    emergency: bool
    person: PersonLine | None
    masked: str
    diagnosis_text: str
    from_name: str
    ward_doctor: DoctorBody
    not_kept: list[str]
    due_at: datetime | None
    ready: bool
    now: NowBody


class HandOversBody(BaseModel):
    """Whom this house is asked to take back."""

    items: list[HandOverLine]


class CarerBody(BaseModel):
    """Somebody who looks after the patient from then on."""

    name: str
    part: str
    phone: str


class SavingLine(BaseModel):
    """One line of the estimate, with whose rule it is."""

    text: str
    fen: int | None
    sample: bool
    source: SourceBody


class SavingsBody(BaseModel):
    """Going on for so much costs the person so much above and so much below."""

    applies: bool
    further_fen: int
    own_above_fen: int | None
    own_below_fen: int | None
    lines: list[SavingLine]
    covers: str
    agency_phone: str
    sample: bool


class ComeBackBody(BaseModel):
    """How to come back at once: whom to phone, where, and within how many days without a queue."""

    hospital: str
    desk: str
    place: str
    phones: list[str]
    ward_doctor: str
    ward_phone: str
    days: int
    when: str | None  # the ward's own words


class FamilyBody(BaseModel):
    """The family's page: who looks after them, what it saves, how to come back at once. Domain-review 2.9."""

    referral_id: UUID
    kind: str
    status: str
    person: PersonLine
    place: str
    place_phones: list[str]
    team: str
    carers: list[CarerBody]
    savings: SavingsBody
    come_back: ComeBackBody
    further: list[PartBody]
    drugs: list[DrugBody]
    review_on: date | None
    first_look_on: date | None
    comfort: list[str]
    source: SourceBody
    actions: list[str]

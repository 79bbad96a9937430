"""What goes out about referrals."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from backend.records.schemas import PersonLine
from backend.referrals.bodies_told import OutsideReportBody
from backend.referrals.schemas import RecordIn
from backend.web.openapi import SourceBody, ViolationBody


class OwnWishBody(BaseModel):
    """The refusal as it is read to the person: whose rule, that they may go, and what changes."""

    referral_id: UUID
    refused: ViolationBody
    changes: list[str]
    source: SourceBody | None


class Named(BaseModel):
    """A thing of the pack: code and name."""

    code: str
    name: str


class PlaceBody(BaseModel):
    """One end of a referral."""

    code: str
    name: str
    level: str
    outside: bool
    department: str | None
    department_name: str | None
    desk: str
    desk_place: str
    phones: list[str]


class DoctorBody(BaseModel):
    """A clinician as the patient may know them."""

    id: UUID | None
    name: str
    title: str
    phone: str


class ReasonBody(BaseModel):
    """A coded reason in the villager's words, and whose rule it is."""

    code: str
    short: str
    plain: str
    source: SourceBody


class StandardBody(BaseModel):
    """The standard that was met, with its version."""

    code: str
    name: str
    version: str
    article: int | None
    article_text: str
    source: SourceBody


class ConsentBody(BaseModel):
    """Where the patient's track stands."""

    status: str
    text_version: str
    given_by: str | None
    signer_name: str
    relation: str
    helped: bool
    language: str
    at: datetime | None


class AnswerBody(BaseModel):
    """Where the hospital's track stands."""

    id: UUID
    status: str
    institution: str
    institution_name: str
    due_at: datetime
    answered_at: datetime | None
    said_at: datetime | None  # when a hospital outside said it on the telephone
    contact: str
    written_by: str | None  # the clerk, when it was said on the telephone
    note: str
    decline_reason: str | None
    decline_text: str | None
    alternative_institution: str | None
    alternative_name: str | None
    alternative_department: str | None
    free_on: date | None


class StepBody(BaseModel):
    """Where one signature stands."""

    id: UUID
    order: int
    title: str
    act: str
    status: str
    who: str
    institution_name: str
    opened_at: datetime | None
    due_at: datetime | None
    signed_at: datetime | None
    late: bool
    note: str  # why one person's signature counts here too


class NowBody(BaseModel):
    """What is happening, who has it, since when, by when, and what comes next."""

    code: str
    title: str
    detail: str
    who: str
    where: str
    phone: str
    urgent_phone: str  # of whoever comes to fetch: only where nobody is to wait
    since: datetime | None
    due_at: datetime | None
    overdue: bool
    calendar_known: bool
    next: str
    yours: bool  # it is this reader's turn


class MomentBody(BaseModel):
    """One line of the way: done, now, or to come."""

    code: str
    title: str
    detail: str
    state: Literal["done", "now", "next", "stopped"]
    at: datetime | None


class CertificateLine(BaseModel):
    """The certificate in one line."""

    number: str
    printed_number: str
    valid_until: date
    state: str
    text: str
    late: bool


class ReferralLine(BaseModel):
    """A referral on a list."""

    id: UUID
    version: int
    direction: str
    category: str
    status: str
    emergency: bool
    person: PersonLine | None
    from_name: str
    to_name: str
    diagnosis_text: str
    now: NowBody
    created_at: datetime


class ReferralsBody(BaseModel):
    """Referrals, the newest first."""

    items: list[ReferralLine]
    next_cursor: str | None


class ReferralBody(BaseModel):
    """A referral as this reader may see it. `person` is empty for a hospital that is asked before consent."""

    id: UUID
    version: int
    direction: str
    category: str
    status: str
    emergency: bool
    own_wish: bool
    end_reason: str | None
    person: PersonLine | None
    masked: str
    from_place: PlaceBody
    to_place: PlaceBody
    to_doctor: str | None
    wanted_on: date | None
    doctor: DoctorBody
    diagnosis_code: str | None
    diagnosis_text: str
    indication: ReasonBody | None
    standard: StandardBody | None
    skip_reason: Named | None
    surgery_grade: int | None
    technique: Named | None
    offered: list[Named]
    choice_by_patient: bool
    records: list[RecordIn]
    no_records: bool
    summary: str | None
    treatment: str | None
    caution: str | None
    return_reason: str | None
    result: str | None
    outside_news: list[OutsideReportBody]
    content_hash: str | None
    pack_version: str
    now: NowBody
    way: list[MomentBody]
    consent: ConsentBody | None
    answer: AnswerBody | None
    steps: list[StepBody]
    chain_source: SourceBody | None
    certificate: CertificateLine | None
    problems: list[ViolationBody]
    flags: list[ViolationBody]
    actions: list[str]


class AnswerLine(BaseModel):
    """What waits for the hospital's answer. Before consent nobody is named."""

    answer: AnswerBody
    referral_id: UUID
    category: str
    emergency: bool
    diagnosis_text: str
    indication: str
    from_name: str
    doctor: DoctorBody
    person: PersonLine | None
    masked: str
    wanted_on: date | None
    to_department_name: str | None
    department_open: bool  # nobody has said: the desk is asked to
    passed_to_role: str | None
    actions: list[str]


class AnswersBody(BaseModel):
    """What waits for this hospital."""

    items: list[AnswerLine]
    decline_reasons: list[Named]


class SignatureLine(BaseModel):
    """One step that waits for me, with the facts I sign and nothing else of the record."""

    id: UUID
    referral_id: UUID
    order: int
    title: str
    act: str
    status: str
    signs_as: str
    due_at: datetime | None
    late: bool
    emergency: bool
    content_hash: str
    person: PersonLine
    from_name: str
    to_name: str
    to_department_name: str | None
    category: str
    diagnosis_text: str
    indication: ReasonBody | None
    standard: StandardBody | None
    skip_reason: Named | None
    choice_by_patient: bool
    doctor: DoctorBody
    covers: str  # the next step, for which this reader's signature counts too
    covers_note: str
    before: list[StepBody]
    consent: str
    answer: str
    source: SourceBody


class SignaturesBody(BaseModel):
    """What waits for my signature, the soonest due first."""

    items: list[SignatureLine]

"""What goes out about certificates, arrivals, desks and keys."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from backend.records.schemas import PersonLine


class RowBody(BaseModel):
    """One numbered line of the form."""

    number: int
    label: str
    text: str


class CertificateBody(BaseModel):
    """The certificate as a page: the frozen lines, today's state, the QR as a picture."""

    number: str
    printed_number: str
    title: str
    direction: str
    issued_on: date
    valid_until: date
    uses: int
    uses_left: int | None
    state: str
    text: str
    late: bool
    replaced_by: str | None
    rows: list[RowBody]
    seal: str
    sample: bool
    certificate_source: str
    code_image: str
    verify_url: str
    pdf_url: str


class VerifiedBody(BaseModel):
    """What the desk sees after looking at a paper. `may_admit` is always true: nobody is refused for a paper."""

    number: str
    printed_number: str
    state: str
    state_text: str
    late: bool
    signed: bool | None
    referral_id: UUID
    person: PersonLine
    from_name: str
    to_name: str
    for_us: bool
    category: str
    diagnosis_text: str
    issued_on: date
    valid_until: date
    uses_left: int | None
    may_admit: bool
    came_as: str


class ArrivalBody(BaseModel):
    """One line of the transfer-in register."""

    id: UUID
    person: PersonLine
    institution_name: str
    department_name: str | None
    category: str
    came_as: str
    came_as_text: str
    exemption: str | None
    referral_id: UUID | None
    verified: bool
    verified_how: str | None
    benefit_note: str
    at: datetime


class ArrivalsBody(BaseModel):
    """The transfer-in register, the newest first."""

    items: list[ArrivalBody]
    next_cursor: str | None


class DeskLine(BaseModel):
    """One referral desk; the last phone is the one on duty at night."""

    institution: str
    name: str
    level_name: str
    town_name: str | None
    desk: str
    place: str
    phones: list[str]
    hours: str


class DesksBody(BaseModel):
    """The public directory of referral desks."""

    county_name: str
    emergency_phone: str
    items: list[DeskLine]


class KeyBody(BaseModel):
    """A key with which certificates can be checked without us."""

    id: UUID
    public: str
    made_at: datetime
    retired_at: datetime | None


class KeysBody(BaseModel):
    """Every key the county ever signed with."""

    items: list[KeyBody]

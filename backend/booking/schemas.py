"""What goes in and out about places and appointments."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.records.schemas import PersonLine


class PriceBody(BaseModel):
    """What it costs in fen, less what a referred patient saves, and whose rule that is."""

    full_fen: int
    off_fen: int
    pay_fen: int
    sample: bool
    source: str | None


class PlaceIn(BaseModel):
    """The place that was chosen."""

    model_config = ConfigDict(extra="forbid")
    slot_id: UUID


class TakeIn(BaseModel):
    """A place without a referral, for oneself or for whom one may act; `confirm` makes it sure at once."""

    model_config = ConfigDict(extra="forbid")
    slot_id: UUID
    resident_id: UUID | None = None
    confirm: bool = False


class OpenPlacesQuery(BaseModel):
    """Where one looks for a place; `resident_id` is for staff who ask for somebody."""

    model_config = ConfigDict(extra="forbid")
    institution: str = Field(max_length=60)
    department: str | None = Field(default=None, max_length=60)
    day: date | None = None
    resident_id: UUID | None = None


class HouseQuery(BaseModel):
    """Whose departments are asked for."""

    model_config = ConfigDict(extra="forbid")
    institution: str = Field(max_length=60)


class DepartmentCodes(BaseModel):
    """Codes of departments that see people by appointment."""

    items: list[str]


class OpenPlaceBody(BaseModel):
    """One time: how many are left, and from when it may be booked (放号)."""

    slot_id: UUID
    session_id: UUID
    starts_at: datetime
    pool: str
    left: int
    open: bool
    opens_at: datetime | None
    department: str
    department_name: str
    title: str
    doctor: str | None
    expert: bool
    kind: str


class OpenDayBody(BaseModel):
    """The times of one day."""

    day: date
    places: list[OpenPlaceBody]


class OpenPlacesBody(BaseModel):
    """Places that need no referral, the family doctor's people's (签约) among them; `other_at`: one the person has."""

    institution: str
    institution_name: str
    contracted: bool
    release_text: str
    checkout_minutes: int
    source: str
    sample: bool
    days: list[OpenDayBody]
    other_id: UUID | None
    other_at: datetime | None


class OverbookIn(BaseModel):
    """An extra place at a time that is full, with a reason of the county's list."""

    model_config = ConfigDict(extra="forbid")
    slot_id: UUID
    resident_id: UUID
    reason: str = Field(max_length=40)
    referral_id: UUID | None = None


class CheckInIn(BaseModel):
    """What was scanned or typed at the door."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(max_length=200)


class StopIn(BaseModel):
    """Why a session does not take place: a reason of the county's list."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(max_length=40)


class LeaveIn(BaseModel):
    """A clinician's days away."""

    model_config = ConfigDict(extra="forbid")
    practitioner_id: UUID
    from_on: date
    until_on: date
    reason: str = Field(max_length=40)


class StoppedBody(BaseModel):
    """How many sessions were stopped, and how many people each have an offer or a phone call now."""

    sessions: int
    people: int


class SessionBody(BaseModel):
    """A session as its house sees it: places by pool, and what may be done."""

    id: UUID
    institution: str
    department: str
    department_name: str
    day: date
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: str
    expert: bool
    doctor: str | None
    capacity: int
    taken: int
    added: int
    arrived: int
    waiting: int
    stopped_at: datetime | None
    stop_reason: str | None
    actions: list[str]


class PlaceBody(BaseModel):
    """One time that is still free; `left` places at it."""

    slot_id: UUID
    starts_at: datetime
    left: int
    title: str
    expert: bool


class DayBody(BaseModel):
    """The free times of one day."""

    day: date
    places: list[PlaceBody]


class PlacesQuery(BaseModel):
    """With the appointment that is moved, only what it may move to is told."""

    model_config = ConfigDict(extra="forbid")
    appointment_id: UUID | None = None


class PlacesBody(BaseModel):
    """Where a referral's place may be, and when; `appointment_id` when there is one already.

    `last_day` is the certificate's: no place after it is among them, nor is one booked. `sooner_at`: an ordinary
    place is free before them. `other_at`: the person has a place with this department that is not the referral's.
    """

    referral_id: UUID
    person: PersonLine
    institution: str
    institution_name: str
    department: str | None
    department_name: str | None
    report_to: str
    phones: list[str]
    last_day: date | None
    days: list[DayBody]
    appointment_id: UUID | None
    sooner_at: datetime | None
    other_id: UUID | None
    other_at: datetime | None


class ClosePlace(BaseModel):
    """Another place of the same person, too near in time to keep both."""

    id: UUID
    starts_at: datetime
    institution_name: str
    department_name: str


class AppointmentBody(BaseModel):
    """A place that somebody has: when, where, whom to report to, what to bring, what may be done.

    `doctor`, `price`, `code_image` and `close` stand only where one place is looked at by itself; a price only where
    the county's pack knows it.
    """

    id: UUID
    version: int
    status: str
    kind: str
    kind_name: str
    referral_id: UUID | None
    slot_id: UUID
    held_until: datetime | None
    confirm_by: datetime | None
    stopped: bool
    offer_id: UUID | None
    replaces_id: UUID | None
    over_reason: str | None
    queue_number: int | None
    expected_at: datetime
    directions: list[str]
    prepare: list[str]
    order_id: UUID | None
    advice: str | None
    person: PersonLine
    institution: str
    institution_name: str
    department: str
    department_name: str
    starts_at: datetime
    title: str
    expert: bool
    doctor: str | None
    price: PriceBody | None
    report_to: str
    report_from: datetime
    report_until: datetime
    bring: list[str]
    phones: list[str]
    code: str
    code_text: str
    code_image: str | None
    close: ClosePlace | None
    by_doctor: bool
    change_until: datetime
    change_late_text: str
    ended_because: str | None
    end_reason: str | None
    end_instead: str | None
    actions: list[str]

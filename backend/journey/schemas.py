"""What the first pages show."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class NextOut(BaseModel):
    """The one next thing, big: what, why now, and the button that does it; `phone` is called first where it is set."""

    kind: str
    title: str
    text: str
    button: str
    page: str
    phone: str | None = None
    due_at: datetime | None = None


class DoctorOut(BaseModel):
    """My doctor: who, where, how soon they answer, how to call."""

    team_id: UUID
    name: str
    team: str
    institution: str
    phone: str
    answer_text: str
    unread: int
    conversation_id: UUID | None


class UnderWayOut(BaseModel):
    """Something that is going on: what it is, where it stands, a short word on a tag."""

    kind: str
    title: str
    text: str
    due_at: datetime | None = None
    tag: str
    tone: str  # wait | ok | danger | brand
    page: str


class FamilyDueOut(BaseModel):
    """Somebody else of this account with whom something waits: how many things, nothing of what."""

    resident_id: UUID
    name: str
    due: int


class HomeOut(BaseModel):
    """A resident's first page."""

    resident_id: UUID
    name: str
    birth_year: int
    village: str
    next: NextOut | None
    doctor: DoctorOut | None
    under_way: list[UnderWayOut]
    family: list[FamilyDueOut]


class TodayItem(BaseModel):
    """One thing on a clinician's list, with the button that does the obvious; `phone` only where danger calls for it.

    `id` is the task's, or the conversation's where somebody waits for words.
    """

    id: UUID
    kind: str
    title: str
    text: str
    button: str
    page: str
    phone: str | None
    priority: str
    due_at: datetime
    overdue: bool
    next_owner: str | None
    resident_id: UUID | None


class TodaySection(BaseModel):
    """A heading and its items."""

    code: str
    title: str
    items: list[TodayItem]


class TodayCount(BaseModel):
    """One of the four numbers at the top."""

    code: str
    label: str
    number: int


class TodayRound(BaseModel):
    """How much lies on a village doctor's round."""

    households: int
    people: int
    overdue: int
    villages: list[str]
    done: int
    page: str


class TodayOut(BaseModel):
    """A clinician's first page: danger first."""

    counts: list[TodayCount]
    round: TodayRound | None
    sections: list[TodaySection]

"""What goes out about a bed that was asked for."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from backend.records.schemas import PersonLine


class BedBody(BaseModel):
    """What became of the question for a bed. `person` is empty for a house that is asked before consent.

    `expected_on` is the day told to who waits, `ahead` how many are before them; after a no, `free_on` and `instead`
    say what is open. `actions` are what this reader may do with it now.
    """

    id: UUID
    version: int
    status: str
    referral_id: UUID
    person: PersonLine | None
    institution: str
    institution_name: str
    department: str
    department_name: str
    priority: str
    needed_by: date
    asked_at: datetime
    due_at: datetime | None
    bed: str | None
    expected_on: date | None
    ahead: int
    reason: str | None
    free_on: date | None
    instead: str | None
    answered_at: datetime | None
    actions: list[str]

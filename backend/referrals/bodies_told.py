"""What goes out of what was told about a hospital without a desk here."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel


class OutsideReportBody(BaseModel):
    """What was told of a hospital without a desk here: by whom, and who wrote it down. Nothing it confirmed."""

    id: UUID
    source: str  # family | paper | phone
    source_text: str
    told_by: str
    what: str
    came_on: date | None
    ending: str | None  # seen | discharged | moved_on
    ended_on: date | None
    not_gone: bool
    summary: str | None
    written_by: str
    written_at: datetime
    struck_at: datetime | None  # typed wrongly: it counts no more
    struck_by: str | None
    strike_reason: str | None

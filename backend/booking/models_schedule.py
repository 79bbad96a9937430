"""What a house has settled about its own sessions: weekly or on one day, by hand or from a spreadsheet. XM-5.1a."""

from datetime import date, datetime, time
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class ScheduleTemplate(CountyRow, Versioned, Base):
    """A session that comes every so many weeks on some weekdays, or on one day (Schedule). The maker does the rest.

    `from_institution` is where a visiting specialist works otherwise (下沉坐诊). `code` is the house's own number for
    it: importing the same code again replaces what was settled before.
    """

    __tablename__ = "schedule_template"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        ForeignKeyConstraint(["county_id", "from_institution"], ["institution.county_id", "institution.code"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index(
            "uq_schedule_template_code",
            "county_id",
            "institution",
            "code",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(on_day IS NULL) <> (weekdays = '[]'::jsonb)", name="when"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="days"),
        CheckConstraint("end_time > start_time", name="order"),
        CheckConstraint("capacity > 0 AND every_weeks > 0", name="counts"),
        CheckConstraint("kind IN ('clinic', 'outreach')", name="kind"),
        CheckConstraint(
            "kind <> 'outreach' OR (practitioner_id IS NOT NULL AND from_institution IS NOT NULL)", name="outreach"
        ),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.INSTITUTION: "institution"}

    code: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default=text("'clinic'"))
    institution: Mapped[str]
    department: Mapped[str]
    practitioner_id: Mapped[UUID | None]
    from_institution: Mapped[str | None]
    title: Mapped[str]
    weekdays: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    on_day: Mapped[date | None]
    every_weeks: Mapped[int] = mapped_column(server_default=text("1"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    start_time: Mapped[time]
    end_time: Mapped[time]
    capacity: Mapped[int]
    expert: Mapped[bool] = mapped_column(server_default=text("false"))
    place: Mapped[str] = mapped_column(server_default=text("''"))
    entered_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]

"""Somebody who went to a hospital above by themselves, written down so that nobody is lost. MS-4.2.3d, MS-4.2.3e."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from backend.store.base import Base, CountyRow


class DirectVisit(CountyRow, Base):
    """A visit or stay above without a referral, as it was told at the desk, by phone, or by the person. No certificate.

    Codes are the pack's. Written once: what was told is not changed, another visit is another row.
    """

    __tablename__ = "direct_visit"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        Index("uq_direct_visit_number", "county_id", "number", unique=True),
        # The family phones and the clerk writes it down too: one going out is one row.
        Index("uq_direct_visit_once", "county_id", "resident_id", "hospital", "went_on", unique=True),
        Index("ix_direct_visit_went", "county_id", "went_on"),
        Index("ix_direct_visit_institution", "county_id", "institution"),
        CheckConstraint("kind IN ('visit', 'stay')", name="kind"),
        CheckConstraint("told_how IN ('desk', 'phone', 'self')", name="told_how"),
        CheckConstraint("late = (late_reason IS NOT NULL)", name="late"),
        CheckConstraint("(told_how = 'self') = (registered_by IS NULL AND institution IS NULL)", name="by"),
    )

    resident_id: Mapped[UUID]
    number: Mapped[str]  # what the person may say at the insurance's window
    hospital: Mapped[str]  # as it was told
    level: Mapped[str]
    kind: Mapped[str]
    went_on: Mapped[date]
    reason: Mapped[str]
    told_how: Mapped[str]
    late: Mapped[bool]
    late_reason: Mapped[str | None]
    registered_on: Mapped[date]
    registered_by: Mapped[UUID | None]
    institution: Mapped[str | None]  # where it was written down

"""Agreements with hospitals above are looked at again: when, and what came of it. MS-4.2.3d."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow


class AgreementReview(CountyRow, Base):
    """One review of an agreement of the pack, written once; the agreement is named by its ends and its first day."""

    __tablename__ = "agreement_review"
    __table_args__ = (
        Index(
            "uq_agreement_review_day",
            "county_id",
            "institution",
            "upper_institution",
            "from_day",
            "held_on",
            unique=True,
        ),
        CheckConstraint("outcome IN ('keep', 'change', 'end')", name="outcome"),
    )

    institution: Mapped[str]
    upper_institution: Mapped[str]
    from_day: Mapped[date]
    held_on: Mapped[date]
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(server_default=text("''"))  # about the agreement, never about a person
    registered_by: Mapped[UUID | None]

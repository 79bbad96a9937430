"""Somebody sent down on paper by a hospital above that does not use this system. MS-3b."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow, Versioned


class IncomingTransfer(CountyRow, Versioned, Base):
    """A paper from above as it was registered (ServiceRequest), until a named doctor has taken the patient over."""

    __tablename__ = "incoming_transfer"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "stay_id"], ["stay.county_id", "stay.id"]),
        # One paper is registered once, also by two desks.
        Index("uq_incoming_transfer_paper", "county_id", "resident_id", "from_name", "discharged_on", unique=True),
        Index("ix_incoming_transfer_to", "county_id", "to_institution", "status"),
        CheckConstraint("category IN ('bed', 'home')", name="category"),
        CheckConstraint("from_name <> ''", name="from"),
        CheckConstraint(
            "(status = 'accepted') = (practitioner_id IS NOT NULL AND accepted_at IS NOT NULL)", name="accepted"
        ),
    )

    resident_id: Mapped[UUID]
    from_name: Mapped[str]  # the hospital above, as the paper says
    from_phone: Mapped[str | None]  # of the hospital, to ask for what the paper lacks
    paper_number: Mapped[str | None]
    discharged_on: Mapped[date]
    category: Mapped[str]
    diagnosis_code: Mapped[str | None]
    diagnosis_text: Mapped[str]
    parts: Mapped[list[str]]  # codes of the hand-over's parts that the paper has
    drugs: Mapped[list[Any]]  # [{"name", "dose", "until_on"}]
    medicine_ends_on: Mapped[date | None]
    review_on: Mapped[date | None]
    watch_sealed: Mapped[bytes | None]  # what is to be watched
    summary_file_id: Mapped[UUID | None]  # a photo of the discharge summary
    status: Mapped[str] = mapped_column(server_default=text("'registered'"))
    institution: Mapped[str]  # where the paper was registered
    registered_by: Mapped[UUID]
    to_institution: Mapped[str]  # whose team is asked
    practitioner_id: Mapped[UUID | None]  # who took the patient over
    accepted_at: Mapped[datetime | None]
    stay_id: Mapped[UUID | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals what is said about them."""
        return self.resident_id

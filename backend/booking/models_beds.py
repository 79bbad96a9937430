"""Beds that were asked for with a referral: a promise to somebody, kept by name. XM-5.4b, MS-4.2.1."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class BedRequest(CountyRow, Versioned, Base):
    """A bed asked for with a referral (ServiceRequest). The desk answers; only a doctor's office may decline.

    A bed is kept or proposed for one person at a time, by its folded name. `kept_place` numbers the beds that the pack
    keeps for referred patients; a bed that a doctor's office gave beyond them has none.
    """

    __tablename__ = "bed_request"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        Index(
            "uq_bed_request_live",
            "county_id",
            "referral_id",
            unique=True,
            postgresql_where=text("status IN ('asked', 'passed_on', 'waiting', 'proposed', 'held')"),
        ),
        Index(
            "uq_bed_request_bed",
            "county_id",
            "institution",
            "department",
            "bed",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'held')"),
        ),
        Index(
            "uq_bed_request_kept",
            "county_id",
            "institution",
            "department",
            "kept_place",
            unique=True,
            postgresql_where=text("status = 'held'"),
        ),
        Index("ix_bed_request_institution", "county_id", "institution", "status", "needed_by"),
        CheckConstraint("status NOT IN ('proposed', 'held', 'used') OR bed IS NOT NULL", name="bed_named"),
        CheckConstraint("status <> 'waiting' OR expected_on IS NOT NULL", name="expected"),
        CheckConstraint("status <> 'declined' OR reason IS NOT NULL", name="decline_reason"),
        # Nobody hears a bare no: a day, another department or another house stands beside it.
        CheckConstraint("status <> 'declined' OR free_on IS NOT NULL OR instead IS NOT NULL", name="another_way"),
        CheckConstraint("priority IN ('stat', 'urgent', 'routine')", name="priority"),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.RECEIVER: "institution"}

    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    institution: Mapped[str]
    department: Mapped[str]
    priority: Mapped[str] = mapped_column(server_default=text("'routine'"))  # of the referral
    needed_by: Mapped[date]
    status: Mapped[str] = mapped_column(server_default=text("'asked'"))
    bed: Mapped[str | None]
    kept_place: Mapped[int | None]
    expected_on: Mapped[date | None]  # told to who waits
    reason: Mapped[str | None]  # a decline reason of the pack
    free_on: Mapped[date | None]  # after a no: the first day on which there is one
    instead: Mapped[str | None]  # after a no: a department of this house, or another institution
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]

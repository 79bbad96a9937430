"""Issued referrals that are looked at again. MS-4.2.2u1b."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow, Versioned


class ReferralAudit(CountyRow, Versioned, Base):
    """One referral of a drawn sample, and what somebody of another house found. Nobody judges their own."""

    __tablename__ = "referral_audit"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        Index("uq_referral_audit_referral", "county_id", "referral_id", unique=True),
        Index("ix_referral_audit_month", "county_id", "month"),
        CheckConstraint("date_trunc('month', month)::date = month", name="month"),
        CheckConstraint("verdict IN ('justified', 'unjustified', 'papers_missing')", name="verdict"),
        CheckConstraint(
            "(status = 'reviewed') = "
            "(verdict IS NOT NULL AND reviewed_at_institution IS NOT NULL AND reviewed_at IS NOT NULL)",
            name="reviewed",
        ),
        CheckConstraint("reviewed_by <> practitioner_id AND reviewed_at_institution <> institution", name="other"),
    )

    month: Mapped[date]  # the last month of the period that was drawn from
    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    institution: Mapped[str]  # whose referral it is
    to_institution: Mapped[str]
    practitioner_id: Mapped[UUID]  # who referred
    status: Mapped[str] = mapped_column(server_default=text("'drawn'"))
    verdict: Mapped[str | None]
    reason_sealed: Mapped[bytes | None]
    reviewed_by: Mapped[UUID | None]
    reviewed_at_institution: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals what is said about them."""
        return self.resident_id

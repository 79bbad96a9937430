"""A referral that another doctor of the same house went on with: who, from whom, by whose word and why."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from backend.store.base import Base, CountyRow


class ReferralReassignment(CountyRow, Base):
    """One change of the treating doctor (Provenance). What the first had signed by then goes on counting."""

    __tablename__ = "referral_reassignment"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "from_practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "to_practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index("ix_referral_reassignment_referral", "county_id", "referral_id"),
        CheckConstraint("from_practitioner_id <> to_practitioner_id", name="another"),
    )

    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    institution: Mapped[str]
    from_practitioner_id: Mapped[UUID]
    to_practitioner_id: Mapped[UUID]
    reason: Mapped[str]  # a code of the pack
    practitioner_id: Mapped[UUID]  # who decided it

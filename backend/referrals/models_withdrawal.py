"""A patient's own no, heard by staff for somebody without a phone. Domain-review 2.2: nobody argues."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow


class ReferralWithdrawal(CountyRow, Base):
    """Whose word ended a referral, who heard it, where and before which witness (Provenance)."""

    __tablename__ = "referral_withdrawal"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "authority_id"], ["written_authority.county_id", "written_authority.id"]),
        Index("uq_referral_withdrawal_referral", "county_id", "referral_id", unique=True),
        CheckConstraint("said_by IN ('self', 'guardian', 'authorised', 'relative')", name="said_by"),
        CheckConstraint("how IN ('in_person', 'phone')", name="how"),
        CheckConstraint("witness <> '' AND language <> ''", name="witnessed"),
    )

    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    practitioner_id: Mapped[UUID]  # who heard it and wrote it down
    institution: Mapped[str]
    how: Mapped[str]
    said_by: Mapped[str]
    signer_name: Mapped[str]
    relation: Mapped[str] = mapped_column(server_default=text("''"))
    authority_id: Mapped[UUID | None]
    identity_known: Mapped[bool] = mapped_column(server_default=text("false"))
    witness: Mapped[str]
    language: Mapped[str]
    interpreter: Mapped[str] = mapped_column(server_default=text("''"))
    reason_sealed: Mapped[bytes | None]

    @property
    def vault_subject(self) -> UUID:
        """Why somebody does not go is theirs."""
        return self.resident_id

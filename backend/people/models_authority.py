"""A written authority: by which somebody else signs for a person. Civil Code art. 165, 173 and 1189."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow


class WrittenAuthority(CountyRow, Base):
    """Who may sign for whom, for what and until when, as a doctor saw it on paper (Consent).

    A grown-up gives it for themselves, a guardian for a child. `focus_id` names the one referral it is for, or none.
    `practitioner_id` registered it and saw the holder's papers.
    """

    __tablename__ = "written_authority"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "related_id"], ["related_person.county_id", "related_person.id"]),
        Index("ix_written_authority_resident", "county_id", "resident_id", postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("matter IN ('referral', 'contract')", name="matter"),
        CheckConstraint("given_by IN ('self', 'guardian')", name="given_by"),
        CheckConstraint("given_by = 'self' OR (giver_name <> '' AND giver_relation <> '')", name="giver"),
        CheckConstraint("holder_name <> '' AND relation <> ''", name="holder"),
        CheckConstraint("from_on <= until_on", name="term"),
        CheckConstraint("paper_file_id IS NOT NULL OR witness <> ''", name="proof"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
        CheckConstraint("end_reason IN ('patient', 'died')", name="end_reason"),
    )

    resident_id: Mapped[UUID]
    matter: Mapped[str]
    focus_id: Mapped[UUID | None]
    given_by: Mapped[str]
    giver_name: Mapped[str] = mapped_column(server_default=text("''"))
    giver_relation: Mapped[str] = mapped_column(server_default=text("''"))
    holder_name: Mapped[str]
    relation: Mapped[str]
    holder_paper: Mapped[str]  # id_card | other
    holder_number_sealed: Mapped[bytes | None]
    related_id: Mapped[UUID | None]  # the family tie whose phone signs by it
    from_on: Mapped[date]
    until_on: Mapped[date]
    paper_file_id: Mapped[UUID | None]  # a photo of the paper
    witness: Mapped[str] = mapped_column(server_default=text("''"))
    practitioner_id: Mapped[UUID]
    institution: Mapped[str]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    ended_by: Mapped[UUID | None]  # account
    end_witness: Mapped[str] = mapped_column(server_default=text("''"))

    @property
    def vault_subject(self) -> UUID:
        """Sealed under the key of whose record it is about."""
        return self.resident_id

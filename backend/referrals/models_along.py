"""What goes along with a referral beside the record: drugs that are taken, and pictures of papers. MS-4.2.2, XM-5.4."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow


class ReferralAttachment(CountyRow, Base):
    """One drug in the words of the day it was put in, or one picture. `later`: the papers were out already.

    No part of what is consented to and signed: it tells more of the same illness, and changes no diagnosis.
    """

    __tablename__ = "referral_attachment"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "file_id"], ["stored_file.county_id", "stored_file.id"]),
        Index("ix_referral_attachment_referral", "county_id", "referral_id"),
        # A double tap puts the same drug of a prescription in once.
        Index(
            "uq_referral_attachment_drug",
            "county_id",
            "referral_id",
            "prescription_id",
            "drug",
            unique=True,
            postgresql_where=text("removed_at IS NULL AND prescription_id IS NOT NULL"),
        ),
        CheckConstraint("kind IN ('drug', 'ecg', 'report', 'discharge', 'other')", name="kind"),
        CheckConstraint("kind <> 'drug' OR file_id IS NULL", name="drug"),
        CheckConstraint("kind = 'drug' OR file_id IS NOT NULL OR removed_at IS NOT NULL", name="picture"),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.INSTITUTION: "institution"}

    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    practitioner_id: Mapped[UUID]
    institution: Mapped[str]  # the house that refers
    kind: Mapped[str]
    words_sealed: Mapped[bytes | None]  # the drug, or what is to be seen on the picture
    dose_sealed: Mapped[bytes | None]
    prescription_id: Mapped[UUID | None]  # of a long prescription in hand; none: typed by the doctor
    drug: Mapped[str | None]
    until_on: Mapped[date | None]
    file_id: Mapped[UUID | None]
    later: Mapped[bool] = mapped_column(server_default=text("false"))
    removed_at: Mapped[datetime | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals what is told about them."""
        return self.resident_id

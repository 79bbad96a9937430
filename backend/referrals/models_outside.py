"""What is told of a referral to a hospital without a desk here. XM-5.5, MS-4.2.3d."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow


class OutsideReport(CountyRow, Base):
    """Who told what, and who wrote it down: came, how it ended, or did not go. Nothing that the hospital confirmed."""

    __tablename__ = "outside_report"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "written_by"], ["practitioner.county_id", "practitioner.id"]),
        Index("ix_outside_report_referral", "county_id", "referral_id"),
        CheckConstraint("source IN ('family', 'paper', 'phone')", name="source"),
        CheckConstraint("source = 'paper' OR told_by <> ''", name="told_by"),
        CheckConstraint("ending IN ('seen', 'discharged', 'moved_on')", name="ending"),
        CheckConstraint("(ending IS NULL) = (ended_on IS NULL)", name="ended_on"),
        CheckConstraint(
            "(struck_at IS NULL) = (struck_by IS NULL) AND (struck_at IS NULL) = (strike_reason_sealed IS NULL)",
            name="struck",
        ),
        CheckConstraint("not_gone = (came_on IS NULL AND ending IS NULL)", name="something"),
    )

    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    source: Mapped[str]
    told_by: Mapped[str] = mapped_column(server_default=text("''"))
    came_on: Mapped[date | None]
    ending: Mapped[str | None]
    ended_on: Mapped[date | None]
    not_gone: Mapped[bool] = mapped_column(server_default=text("false"))
    summary_sealed: Mapped[bytes | None]
    written_by: Mapped[UUID]
    struck_at: Mapped[datetime | None]  # typed wrongly: counts no more, and stays to be read
    struck_by: Mapped[UUID | None]
    strike_reason_sealed: Mapped[bytes | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals what was told about them."""
        return self.resident_id

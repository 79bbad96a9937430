"""The hand-over of somebody sent down: its parts in words, the drugs that go along, the days. MS-4.2.2d1, XM-5.4c."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow, Versioned


class ReferralHandover(CountyRow, Versioned, Base):
    """What the ward hands to the team below, and who took it over. Kept as a draft until the referral is submitted."""

    __tablename__ = "referral_handover"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "stay_below_id"], ["stay.county_id", "stay.id"]),
        Index("uq_referral_handover_referral", "county_id", "referral_id", unique=True),
        CheckConstraint("(accepted_by IS NULL) = (accepted_at IS NULL)", name="accepted"),
    )

    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    no_medicine: Mapped[bool] = mapped_column(server_default=text("false"))  # said so: nothing is taken along
    review_on: Mapped[date | None]
    hospital_follows: Mapped[bool | None]
    followed_by: Mapped[str] = mapped_column(server_default=text("''"))  # who at the hospital, with a phone
    accepted_by: Mapped[UUID | None]
    accepted_at: Mapped[datetime | None]
    stay_below_id: Mapped[UUID | None]


class ReferralHandoverPart(CountyRow, Base):
    """One part in words; which parts there are is the county pack's."""

    __tablename__ = "referral_handover_part"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "handover_id"], ["referral_handover.county_id", "referral_handover.id"]),
        Index("uq_referral_handover_part_code", "county_id", "handover_id", "code", unique=True),
    )

    handover_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    code: Mapped[str]
    text_sealed: Mapped[bytes | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals what is said about them."""
        return self.resident_id


class ReferralHandoverDrug(CountyRow, Base):
    """A drug that goes along: how it is taken, and the last day the supply lasts (MedicationRequest)."""

    __tablename__ = "referral_handover_drug"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "handover_id"], ["referral_handover.county_id", "referral_handover.id"]),
        Index("uq_referral_handover_drug_place", "county_id", "handover_id", "place", unique=True),
        CheckConstraint("name <> ''", name="named"),
    )

    handover_id: Mapped[UUID]
    place: Mapped[int]
    drug: Mapped[str | None]  # code of the county's catalogue; None: not in it
    name: Mapped[str]
    dose: Mapped[str] = mapped_column(server_default=text("''"))
    until_on: Mapped[date | None]

"""Examinations that a doctor has ordered."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class ExaminationOrder(CountyRow, Versioned, Base):
    """A doctor asks for an examination (ServiceRequest); with it, and only with it, a time may be booked.

    `item` is the pack's. `stay_id` names the lower stay it is charged to (XM-5.6f), `referral_id` the referral whose
    discount it has (XM-5.4b). `answers` are the safety questions that were asked, by the pack's codes.
    """

    __tablename__ = "examination_order"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        ForeignKeyConstraint(["county_id", "stay_id"], ["stay.county_id", "stay.id"]),
        Index("ix_examination_order_resident", "county_id", "resident_id"),
        Index(
            "uq_examination_order_active",
            "county_id",
            "resident_id",
            "item",
            unique=True,
            postgresql_where=text("status = 'active'"),
        ),
        CheckConstraint("status IN ('active', 'done', 'revoked')", name="status"),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.OWN: "practitioner_id"}

    resident_id: Mapped[UUID]
    practitioner_id: Mapped[UUID]
    institution: Mapped[str]
    item: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'active'"))
    until_on: Mapped[date]
    stay_id: Mapped[UUID | None]
    referral_id: Mapped[UUID | None]
    answers: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    reason_sealed: Mapped[bytes | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals why it was asked for."""
        return self.resident_id

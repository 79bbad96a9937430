"""What the doctor who sent somebody down advises on the plan below, and what became of it. MS-4.2.3c."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class PlanAdvice(CountyRow, Versioned, Base):
    """An advice from above to the named doctor below (CommunicationRequest). It is no prescription."""

    __tablename__ = "plan_advice"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "plan_id"], ["follow_up_plan.county_id", "follow_up_plan.id"]),
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "asked_id"], ["practitioner.county_id", "practitioner.id"]),
        Index(
            "uq_plan_advice_open", "county_id", "plan_id", "kind", unique=True, postgresql_where=text("status = 'open'")
        ),
        Index("ix_plan_advice_plan", "county_id", "plan_id"),
        Index("ix_plan_advice_due", "county_id", "due_at", postgresql_where=text("status = 'open'")),
        CheckConstraint("kind IN ('drug', 'examination', 'watch', 'return_earlier', 'other')", name="kind"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(status = 'not_taken_on') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("(status IN ('taken_on', 'not_taken_on')) = (answered_by IS NOT NULL)", name="answered"),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.OWN: "practitioner_id"}

    plan_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    referral_id: Mapped[UUID]  # the way down that gives sight
    kind: Mapped[str]
    return_on: Mapped[date | None]  # to be seen by then
    text_sealed: Mapped[bytes | None]
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    practitioner_id: Mapped[UUID]  # who advises
    from_institution: Mapped[str]
    institution: Mapped[str]  # the township that manages
    asked_id: Mapped[UUID]  # the named doctor below
    due_at: Mapped[datetime]
    chased_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    reason: Mapped[str | None]
    reply_sealed: Mapped[bytes | None]
    next_on: Mapped[date | None]  # the look that was put forward

    @property
    def vault_subject(self) -> UUID:
        """The patient's key."""
        return self.resident_id

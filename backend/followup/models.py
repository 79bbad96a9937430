"""Plans and their visits. MS-4.2.2d1, MS-4.2.3c."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class FollowUpPlan(CountyRow, Versioned, Base):
    """What is looked at when for one disease of one person (CarePlan). One live plan a disease.

    The village doctor goes first, the township doctor steps in; the hospital may follow on its own list as well.
    """

    __tablename__ = "follow_up_plan"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index(
            "uq_follow_up_plan_live",
            "county_id",
            "resident_id",
            "condition",
            unique=True,
            postgresql_where=text("status = 'active'"),
        ),
        Index("ix_follow_up_plan_referral", "county_id", "referral_id"),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.OWN: "practitioner_id"}

    resident_id: Mapped[UUID]
    condition: Mapped[str]  # code of the protocol's disease, or `general`
    protocol: Mapped[str]
    protocol_version: Mapped[str]
    pack_version: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'active'"))
    basis: Mapped[str]  # hand_over | incoming | contract | doctor
    referral_id: Mapped[UUID | None]
    institution: Mapped[str]  # the township that manages
    practitioner_id: Mapped[UUID]  # the township doctor who steps in
    village_practitioner_id: Mapped[UUID | None]
    upper_institution: Mapped[str | None]  # the hospital that sent the person down and may advise (MS-4.2.3c)
    hospital_follows: Mapped[bool] = mapped_column(server_default=text("false"))
    started_on: Mapped[date]
    medicine_ends_on: Mapped[date | None]
    advice_sealed: Mapped[bytes | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key."""
        return self.resident_id


class FollowUpVisit(CountyRow, Versioned, Base):
    """One due look at a person (Encounter). Unique by plan and day, so that planning twice makes one."""

    __tablename__ = "follow_up_visit"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "plan_id"], ["follow_up_plan.county_id", "follow_up_plan.id"]),
        Index("uq_follow_up_visit_day", "county_id", "plan_id", "due_on", unique=True),
        Index(
            "ix_follow_up_visit_due",
            "county_id",
            "due_on",
            postgresql_where=text("status IN ('planned', 'asked')"),
        ),
        Index("ix_follow_up_visit_resident", "county_id", "resident_id", "due_on"),
        Index(
            "ix_follow_up_visit_round",
            "county_id",
            "village_practitioner_id",
            "due_on",
            postgresql_where=text("status IN ('planned', 'asked')"),
        ),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.OWN: "village_practitioner_id"}

    plan_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    village: Mapped[str]
    village_practitioner_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default=text("'planned'"))
    due_on: Mapped[date]
    asked_at: Mapped[datetime | None]
    overdue_told_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]  # practitioner; None when the person answered themselves
    mode: Mapped[str | None]  # self | clinic | home | phone
    face_to_face: Mapped[bool] = mapped_column(server_default=text("false"))
    protocol_version: Mapped[str]
    outcome: Mapped[str | None]
    reading_set: Mapped[UUID | None]
    answers: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))  # codes and numbers only
    note_sealed: Mapped[bytes | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key."""
        return self.resident_id

"""Long prescriptions, what was prepared and handed out to whom, and renewals. MS-5.2b, LP-01 to LP-13."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class _OfResident(CountyRow):
    resident_id: Mapped[UUID]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals every word about them."""
        return self.resident_id


class LongPrescription(_OfResident, Versioned, Base):
    """Drugs for some weeks (MedicationRequest). There is no refill: to go on, a doctor writes a new one.

    `carry_days` are the days for which the patient still has these drugs; they never make more than 84 days in hand
    (LP-04), counted from `counted_on`: the day of issue, then the day the drugs were first handed out.
    """

    __tablename__ = "long_prescription"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "team_id"], ["care_team.county_id", "care_team.id"]),
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        ForeignKeyConstraint(["county_id", "visit_id"], ["visit.county_id", "visit.id"]),
        ForeignKeyConstraint(["county_id", "renews_id"], ["long_prescription.county_id", "long_prescription.id"]),
        ForeignKeyConstraint(["county_id", "signature_file"], ["stored_file.county_id", "stored_file.id"]),
        Index(
            "uq_long_prescription_pending",
            "county_id",
            "resident_id",
            "condition",
            unique=True,
            postgresql_where=text("status IN ('issued', 'reviewed', 'dispensed')"),
        ),
        Index(
            "uq_long_prescription_renews",
            "county_id",
            "renews_id",
            unique=True,
            postgresql_where=text("status NOT IN ('returned', 'stopped')"),
        ),
        Index("ix_long_prescription_resident", "county_id", "resident_id"),
        Index("ix_long_prescription_institution", "county_id", "institution", "status"),
        Index("ix_long_prescription_pickup", "county_id", "pickup_at", "status"),
        Index(
            "ix_long_prescription_run_out",
            "county_id",
            "run_out_on",
            postgresql_where=text("status = 'collected'"),
        ),
        CheckConstraint("days BETWEEN 1 AND 84", name="national_cap"),
        CheckConstraint("run_out_on = starts_on + days", name="run_out"),
        CheckConstraint("run_out_on - counted_on <= 84", name="in_hand"),
        CheckConstraint(
            "days <= 28 OR confirmed_at IS NOT NULL OR status IN ('issued', 'returned', 'frozen', 'stopped')",
            name="confirmed",
        ),
        CheckConstraint("issue IN ('first', 'renewal')", name="issue"),
        CheckConstraint("status <> 'collected' OR collected_at IS NOT NULL", name="collected"),
        CheckConstraint("(status = 'frozen') = (frozen_reason IS NOT NULL)", name="frozen"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> practitioner_id", name="two_people"),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.RECEIVER: "pickup_at"}

    practitioner_id: Mapped[UUID]
    institution: Mapped[str]  # where it was written and is prepared
    team_id: Mapped[UUID | None]  # the contract team, when there is a contract
    condition: Mapped[str]
    issue: Mapped[str]
    renews_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None]
    continues: Mapped[str] = mapped_column(server_default=text("'own'"))  # own | hospital_order | referral | stay
    continues_id: Mapped[UUID | None]
    days: Mapped[int]
    carry_days: Mapped[int]
    issued_on: Mapped[date]
    counted_on: Mapped[date]
    starts_on: Mapped[date]
    run_out_on: Mapped[date]  # the first day without drugs
    pickup_at: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'issued'"))
    pack_version: Mapped[str]
    assessment: Mapped[dict[str, Any]]  # the five points of LP-01
    note_sealed: Mapped[bytes | None]
    advice_sealed: Mapped[bytes | None]
    education_given: Mapped[bool] = mapped_column(server_default=text("false"))
    confirmed_how: Mapped[str | None]  # in_person | phone_app
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]  # the account
    signature_file: Mapped[UUID | None]
    reviewed_by: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    return_note_sealed: Mapped[bytes | None]
    collected_at: Mapped[datetime | None]
    frozen_reason: Mapped[str | None]
    frozen_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str | None]
    stop_note_sealed: Mapped[bytes | None]


class PrescriptionItem(_OfResident, Base):
    """One drug of a long prescription. The database refuses the same drug for the same days twice."""

    __tablename__ = "prescription_item"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "prescription_id"], ["long_prescription.county_id", "long_prescription.id"]),
        Index("uq_prescription_item_drug", "county_id", "prescription_id", "drug", unique=True),
        ExcludeConstraint(
            ("county_id", "="),
            ("resident_id", "="),
            ("drug", "="),
            (text("daterange(starts_on, run_out_on, '[)')"), "&&"),
            name="ex_prescription_item_days",
            using="gist",
            where=text("live"),
        ),
        CheckConstraint("per_time > 0 AND times_a_day BETWEEN 1 AND 12 AND quantity > 0", name="dose"),
    )

    prescription_id: Mapped[UUID]
    number: Mapped[int]
    drug: Mapped[str]  # code of the pack's catalogue
    per_time: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    times_a_day: Mapped[int]
    quantity: Mapped[int]  # of the drug's unit, for all days
    starts_on: Mapped[date]
    run_out_on: Mapped[date]
    live: Mapped[bool] = mapped_column(server_default=text("true"))
    how_sealed: Mapped[bytes | None]  # 早饭后, 睡前 …


class Dispensing(_OfResident, Base):
    """Drugs prepared for one hand-out (MedicationDispense); a village doctor may fetch it for the patient."""

    __tablename__ = "dispensing"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "prescription_id"], ["long_prescription.county_id", "long_prescription.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "fetched_by"], ["practitioner.county_id", "practitioner.id"]),
        Index(
            "uq_dispensing_number",
            "county_id",
            "prescription_id",
            "number",
            unique=True,
            postgresql_where=text("voided_at IS NULL"),
        ),
        CheckConstraint("days > 0", name="days"),
    )

    prescription_id: Mapped[UUID]
    number: Mapped[int]
    days: Mapped[int]
    institution: Mapped[str]
    practitioner_id: Mapped[UUID]
    prepared_at: Mapped[datetime]
    fetched_by: Mapped[UUID | None]
    fetched_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]  # put back on the shelf: frozen or stopped before it was collected


class Pickup(_OfResident, Base):
    """The register of who got the drugs, on whose papers, from whose hand (LP-13). Once for what was prepared."""

    __tablename__ = "pickup"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "dispensing_id"], ["dispensing.county_id", "dispensing.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "signature_file"], ["stored_file.county_id", "stored_file.id"]),
        Index("uq_pickup_dispensing", "county_id", "dispensing_id", unique=True),
        Index("ix_pickup_institution", "county_id", "institution", "picked_at"),
        CheckConstraint("collected_by IN ('self', 'other')", name="collected_by"),
        CheckConstraint("patient_paper IS NOT NULL", name="patient_paper"),
        CheckConstraint(
            "collected_by = 'self' OR (collector_paper IS NOT NULL AND collector_name_sealed IS NOT NULL"
            " AND collector_digits_sealed IS NOT NULL)",
            name="collector",
        ),
        CheckConstraint("signed_how IN ('screen', 'paper')", name="signed"),
    )

    prescription_id: Mapped[UUID]
    dispensing_id: Mapped[UUID]
    institution: Mapped[str]  # where it was handed out
    practitioner_id: Mapped[UUID]  # by whom
    picked_at: Mapped[datetime]
    collected_by: Mapped[str]
    patient_paper: Mapped[str]
    collector_paper: Mapped[str | None]
    relation: Mapped[str | None]
    collector_name_sealed: Mapped[bytes | None]
    collector_digits_sealed: Mapped[bytes | None]  # the last four of the number, as seen
    signed_how: Mapped[str]
    signature_file: Mapped[UUID | None]


class PrescriptionRenewal(_OfResident, Versioned, Base):
    """The doctor's look before the drugs run out; one for each prescription that was collected (LP-10)."""

    __tablename__ = "prescription_renewal"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "prescription_id"], ["long_prescription.county_id", "long_prescription.id"]),
        ForeignKeyConstraint(["county_id", "renewed_id"], ["long_prescription.county_id", "long_prescription.id"]),
        Index("uq_prescription_renewal_prescription", "county_id", "prescription_id", unique=True),
        Index("ix_prescription_renewal_doctor", "county_id", "practitioner_id", "status"),
        CheckConstraint("(status = 'renewed') = (renewed_id IS NOT NULL)", name="renewed"),
        CheckConstraint("status <> 'declined' OR reason IS NOT NULL", name="declined"),
    )

    prescription_id: Mapped[UUID]
    practitioner_id: Mapped[UUID]  # who is asked to look
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    run_out_on: Mapped[date]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    renewed_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    words_sealed: Mapped[bytes | None]  # what the doctor says to the patient

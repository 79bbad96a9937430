"""What happened to a person: visits, readings, results, stays, and who may see them. XM-5.3 XM-5.8 MS-4.1."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow, Versioned


class _OfResident(CountyRow):
    resident_id: Mapped[UUID]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals what was said and found."""
        return self.resident_id


class AccessGrant(CountyRow, Base):
    """Sight of a record, given to a team, an institution or one clinician for a stated reason, and its end.

    Higher floors write these: a contract grants its team, a referral its parties. One predicate reads them.
    """

    __tablename__ = "access_grant"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        Index("uq_access_grant_basis", "county_id", "resident_id", "basis", "basis_id", "grantee", unique=True),
        Index("ix_access_grant_resident", "county_id", "resident_id", postgresql_where=text("ended_at IS NULL")),
    )

    resident_id: Mapped[UUID]
    grantee: Mapped[str]  # team:<uuid> | institution:<code> | practitioner:<uuid>
    basis: Mapped[str]  # contract | referral | visit | hand_over ...
    basis_id: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]  # ends by itself, in domain time


class Visit(_OfResident, Versioned, Base):
    """An encounter. A first visit names department and doctor responsible, and ends with an outcome (MS-4.1a)."""

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        Index("ix_visit_resident", "county_id", "resident_id", "began_at"),
        CheckConstraint("status <> 'finished' OR outcome IS NOT NULL", name="outcome"),
    )

    institution: Mapped[str]
    department: Mapped[str | None]
    practitioner_id: Mapped[UUID]
    kind: Mapped[str]  # first_visit | revisit | outpatient | home
    handoff_id: Mapped[UUID | None]  # the village's slip that brought the person here
    status: Mapped[str] = mapped_column(server_default=text("'open'"))  # open | finished
    began_at: Mapped[datetime] = mapped_column(server_default=text("liandong_now()"))
    finished_at: Mapped[datetime | None]
    diagnosis_code: Mapped[str | None]
    diagnosis_text: Mapped[str | None]
    complaint_sealed: Mapped[bytes | None]
    findings_sealed: Mapped[bytes | None]
    treatment_sealed: Mapped[bytes | None]
    outcome: Mapped[str | None]  # treated | observe | referred_up | referred_down | sent_home


class VillageHandoff(_OfResident, Versioned, Base):
    """转介单: a village doctor introduces someone to the township. No signatures, no certificate. Domain-review 5.2."""

    __tablename__ = "village_handoff"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index("ix_village_handoff_to", "county_id", "to_institution", "status"),
        Index("ix_village_handoff_resident", "county_id", "resident_id"),
    )

    practitioner_id: Mapped[UUID]  # the village doctor
    institution: Mapped[str]
    to_institution: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'sent'"))  # sent | taken | seen | cancelled
    urgent: Mapped[bool] = mapped_column(server_default=text("false"))
    since_on: Mapped[date | None]
    reading_set_id: Mapped[UUID | None]
    phoned: Mapped[str] = mapped_column(server_default=text("''"))
    phoned_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    travel: Mapped[str]  # walk | car | bus | ambulance
    complaint_sealed: Mapped[bytes | None]
    given_sealed: Mapped[bytes | None]
    why_sealed: Mapped[bytes | None]
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]


class Reading(_OfResident, Base):
    """A measured value (Observation): pressure, pulse, glucose, weight. Clear, because due rules need it."""

    __tablename__ = "reading"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        Index("ix_reading_resident", "county_id", "resident_id", "code", "taken_at"),
    )

    code: Mapped[str]  # systolic | diastolic | pulse | glucose_fasting | weight | temperature | oxygen
    value: Mapped[Any] = mapped_column(Numeric(8, 2))
    unit: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(server_default=text("liandong_now()"))
    source: Mapped[str]  # self | proxy | staff
    practitioner_id: Mapped[UUID | None]
    institution: Mapped[str | None]
    set_id: Mapped[UUID]  # values measured together


class Result(_OfResident, Base):
    """A laboratory or imaging result (DiagnosticReport) with the item's code of the county's catalogue."""

    __tablename__ = "result"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        Index("ix_result_resident", "county_id", "resident_id", "taken_on"),
    )

    item: Mapped[str]
    name: Mapped[str]
    institution: Mapped[str]
    taken_on: Mapped[date]
    text_sealed: Mapped[bytes | None]
    quality_mark: Mapped[bool] = mapped_column(server_default=text("false"))
    file_id: Mapped[UUID | None]


class Stay(_OfResident, Versioned, Base):
    """A stay in hospital, from admission to discharge."""

    __tablename__ = "stay"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        Index("ix_stay_resident", "county_id", "resident_id", "admitted_at"),
        Index("ix_stay_institution", "county_id", "institution", "status"),
        # One bed at a time in one house; another house may not have written its discharge yet.
        Index(
            "uq_stay_live",
            "county_id",
            "resident_id",
            "institution",
            unique=True,
            postgresql_where=text("status <> 'discharged'"),
        ),
        CheckConstraint("(came_as IN ('emergency', 'special')) = (exemption IS NOT NULL)", name="exemption"),
        CheckConstraint("surgery_grade BETWEEN 1 AND 4", name="surgery_grade"),
        CheckConstraint(
            "scope_choice IN ('refer_on', 'other_way', 'stays', 'emergency') AND scope_at IS NOT NULL"
            " OR scope_choice IS NULL AND scope_at IS NULL",
            name="scope_choice",
        ),
        CheckConstraint(
            "(status = 'discharged') = (disposition IS NOT NULL AND discharged_at IS NOT NULL)", name="discharged"
        ),
    )

    institution: Mapped[str]
    department: Mapped[str]
    practitioner_id: Mapped[UUID | None]
    bed: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=text("'admitted'"))  # admitted | recovering | discharged
    admitted_at: Mapped[datetime] = mapped_column(server_default=text("liandong_now()"))
    recovering_at: Mapped[datetime | None]
    discharged_at: Mapped[datetime | None]
    disposition: Mapped[str | None]  # home | other_hospital | community | against_advice | died | other
    diagnosis_code: Mapped[str | None]
    diagnosis_text: Mapped[str | None]
    came_as: Mapped[str]  # referred | not_referred | emergency | special
    referral_id: Mapped[UUID | None]
    certificate_number: Mapped[str | None]
    onward_certificate_number: Mapped[str | None]  # of the transfer that ended it; auditors look for both numbers
    surgery_grade: Mapped[int | None]  # of the operation that is planned, 1 to 4
    technique: Mapped[str | None]  # the pack's code of one that needs admission
    scope_choice: Mapped[str | None]  # what was chosen where the house may not do it (`scope.CHOICES`)
    scope_by: Mapped[UUID | None]
    scope_at: Mapped[datetime | None]
    exemption: Mapped[str | None]  # why no certificate is asked for, by the pack's code
    course_sealed: Mapped[bytes | None]

"""A referral up or down and its three tracks. MS-4.2.2, XM-5.4.

The certificate and what happens at the door stand in `models_certificate`.
"""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class Referral(CountyRow, Versioned, Base):
    """One transfer between institutions (ServiceRequest). `content_hash` is what is consented to and signed.

    `practitioner_id` is the treating doctor. Codes are the county pack's; `pack_version` is the pack it was judged by.
    """

    __tablename__ = "referral"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "visit_id"], ["visit.county_id", "visit.id"]),
        ForeignKeyConstraint(["county_id", "stay_id"], ["stay.county_id", "stay.id"]),
        ForeignKeyConstraint(["county_id", "back_from_id"], ["referral.county_id", "referral.id"]),
        Index("ix_referral_resident", "county_id", "resident_id"),
        Index("ix_referral_from", "county_id", "from_institution", "status"),
        Index("ix_referral_to", "county_id", "to_institution", "status"),
        # One live referral of a kind to one place: a double tap or two doctors make no second.
        Index(
            "uq_referral_live",
            "county_id",
            "resident_id",
            "direction",
            "to_institution",
            unique=True,
            postgresql_where=text("status IN ('submitted', 'returned', 'issued')"),
        ),
        CheckConstraint("direction IN ('up', 'down')", name="direction"),
        CheckConstraint("category IN ('outpatient', 'stay', 'examination', 'bed', 'home')", name="category"),
        CheckConstraint("from_institution <> to_institution", name="elsewhere"),
        CheckConstraint("surgery_grade BETWEEN 1 AND 4", name="surgery_grade"),
        CheckConstraint(
            "status IN ('draft', 'refused', 'withdrawn', 'expired') OR content_hash IS NOT NULL", name="content"
        ),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.INSTITUTION: "from_institution"}

    direction: Mapped[str]
    category: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'draft'"))
    resident_id: Mapped[UUID]
    practitioner_id: Mapped[UUID]
    from_institution: Mapped[str]
    from_department: Mapped[str | None]
    to_institution: Mapped[str]
    to_department: Mapped[str | None]
    to_doctor: Mapped[str | None]
    wanted_on: Mapped[date | None]
    visit_id: Mapped[UUID | None]
    stay_id: Mapped[UUID | None]
    back_from_id: Mapped[UUID | None]  # the way down that this one takes back up: the hospital promised no queue
    diagnosis_code: Mapped[str | None]
    diagnosis_text: Mapped[str]
    indication: Mapped[str | None]
    standard: Mapped[str | None]
    standard_version: Mapped[str | None]
    article: Mapped[int | None]
    skip_reason: Mapped[str | None]
    surgery_grade: Mapped[int | None]  # of the operation it is about, 1 to 4
    technique: Mapped[str | None]  # the pack's code of one that needs admission
    own_wish: Mapped[bool] = mapped_column(server_default=text("false"))
    emergency: Mapped[bool] = mapped_column(server_default=text("false"))
    offered: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))  # nearest first
    choice_by_patient: Mapped[bool] = mapped_column(server_default=text("false"))
    records: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))  # [{"kind", "id"}], none is stated
    no_records: Mapped[bool] = mapped_column(server_default=text("false"))
    estimate: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))  # what was shown
    summary_sealed: Mapped[bytes | None]
    treatment_sealed: Mapped[bytes | None]
    caution_sealed: Mapped[bytes | None]  # allergies, infection
    notes_hash: Mapped[str | None]  # of the three texts above: they are signed too
    package_hash: Mapped[str | None]  # of the hand-over, on the way down: it is consented to and signed too
    return_reason_sealed: Mapped[bytes | None]
    result_sealed: Mapped[bytes | None]  # what the hospital wrote back
    pack_version: Mapped[str]
    content_hash: Mapped[str | None]
    round: Mapped[int] = mapped_column(server_default=text("0"))  # of signatures
    submitted_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals what was said about them."""
        return self.resident_id


class ReferralConsent(CountyRow, Base):
    """The patient's track (Consent): which text, who said yes for whom, heard by whom. MS-4.2.2u2."""

    __tablename__ = "referral_consent"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "authority_id"], ["written_authority.county_id", "written_authority.id"]),
        Index(
            "uq_referral_consent_live",
            "county_id",
            "referral_id",
            unique=True,
            postgresql_where=text("status IN ('asked', 'given')"),
        ),
        CheckConstraint(
            "status <> 'given' OR (given_by IS NOT NULL AND signature_file_id IS NOT NULL AND given_at IS NOT NULL)",
            name="signed",
        ),
        CheckConstraint("given_by <> 'authorised' OR authority_id IS NOT NULL", name="authority"),
        CheckConstraint("given_by IN ('self', 'guardian', 'authorised', 'relative')", name="given_by"),
        CheckConstraint("NOT helped OR (witness <> '' AND language <> '')", name="witnessed"),
    )

    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(server_default=text("'asked'"))
    covers_hash: Mapped[str]  # the referral's content it was asked about
    text_code: Mapped[str]
    text_version: Mapped[str]
    text_hash: Mapped[str]
    explained_by: Mapped[UUID]
    given_by: Mapped[str | None]
    account_id: Mapped[UUID | None]
    signer_name: Mapped[str] = mapped_column(server_default=text("''"))
    relation: Mapped[str] = mapped_column(server_default=text("''"))
    identity_known: Mapped[bool] = mapped_column(server_default=text("false"))  # of who signed for somebody else
    authority_id: Mapped[UUID | None]
    child_heard: Mapped[bool] = mapped_column(server_default=text("false"))
    helped: Mapped[bool] = mapped_column(server_default=text("false"))
    helped_by: Mapped[UUID | None]
    witness: Mapped[str] = mapped_column(server_default=text("''"))
    language: Mapped[str] = mapped_column(server_default=text("''"))
    interpreter: Mapped[str] = mapped_column(server_default=text("''"))
    signature_file_id: Mapped[UUID | None]
    given_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ReferralAnswer(CountyRow, Base):
    """The hospital's track: asked, passed on, and its yes or no with a way out. MS-4.2.1, domain-review 2.3."""

    __tablename__ = "referral_answer"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        Index(
            "uq_referral_answer_live",
            "county_id",
            "referral_id",
            unique=True,
            postgresql_where=text("status IN ('asked', 'passed_on', 'announced', 'accepted')"),
        ),
        Index("ix_referral_answer_institution", "county_id", "institution", "status"),
        CheckConstraint(
            "status <> 'declined' OR (decline_reason IS NOT NULL"
            " AND (alternative_institution IS NOT NULL OR alternative_department IS NOT NULL OR free_on IS NOT NULL))",
            name="another_way",
        ),
        CheckConstraint(
            "written_by IS NULL OR (answered_by IS NOT NULL AND answered_by <> written_by)", name="two_people"
        ),
        CheckConstraint(
            "(status <> 'disowned' OR disowned_at IS NOT NULL) AND (disowned_at IS NULL OR written_by IS NOT NULL)",
            name="disowned",
        ),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.OWN: "answered_by"}

    referral_id: Mapped[UUID]
    institution: Mapped[str]
    department: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=text("'asked'"))
    due_at: Mapped[datetime]
    passed_to_role: Mapped[str | None]
    passed_by: Mapped[UUID | None]
    decline_reason: Mapped[str | None]
    alternative_institution: Mapped[str | None]
    alternative_department: Mapped[str | None]
    free_on: Mapped[date | None]
    contact: Mapped[str] = mapped_column(server_default=text("''"))
    note: Mapped[str] = mapped_column(server_default=text("''"))  # where to report, what to bring
    answered_by: Mapped[UUID | None]  # whose answer it is: on the telephone, whoever spoke
    answered_at: Mapped[datetime | None]
    said_at: Mapped[datetime | None]  # by a hospital outside, on the telephone, before it was written down
    written_by: Mapped[UUID | None]  # the clerk who wrote down what was said on the telephone
    disowned_at: Mapped[datetime | None]
    moved: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))  # by a yes: [before, after]


class ReferralSignature(CountyRow, Base):
    """One step of the chain of one round. Nobody signs twice in a round: the database says so."""

    __tablename__ = "referral_signature"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        Index("uq_referral_signature_step", "county_id", "referral_id", "round", "step_order", unique=True),
        Index(
            "uq_referral_signature_person",
            "county_id",
            "referral_id",
            "round",
            "practitioner_id",
            unique=True,
            postgresql_where=text("status = 'signed'"),
        ),
        Index("ix_referral_signature_open", "county_id", "institution", postgresql_where=text("status = 'open'")),
        CheckConstraint(
            "status <> 'signed' OR"
            " (practitioner_id IS NOT NULL AND signed_at IS NOT NULL AND content_hash IS NOT NULL)",
            name="signed",
        ),
        # One signature counts for one other step at most.
        Index("uq_referral_signature_covers", "county_id", "covered_by", unique=True),
        CheckConstraint(
            "(status <> 'covered' OR (covered_by IS NOT NULL AND practitioner_id IS NOT NULL"
            " AND signed_at IS NOT NULL AND content_hash IS NOT NULL)) AND covered_by <> id",
            name="covered",
        ),
    )

    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    round: Mapped[int]
    step_order: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    act: Mapped[str]  # sign | register
    roles: Mapped[list[str]]
    institution: Mapped[str]
    department: Mapped[str | None]
    stand_ins: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))  # [{"role","duty","name"}]
    offices: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))  # authorised in writing
    office: Mapped[str]  # whose working hours count
    limit_minutes: Mapped[int]  # working minutes
    late_working_days: Mapped[int]
    source: Mapped[str]  # whose chain it is
    may_cover: Mapped[str | None]  # code of the next step that the same person covers here by this signature
    covers_note: Mapped[str] = mapped_column(server_default=text("''"))
    covered_by: Mapped[UUID | None]  # the signature that counts for this step too
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    late: Mapped[bool] = mapped_column(server_default=text("false"))  # the certificate went ahead
    opened_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    practitioner_id: Mapped[UUID | None]
    signed_as: Mapped[str] = mapped_column(server_default=text("''"))  # title, or whom it stood in for
    content_hash: Mapped[str | None]
    proof: Mapped[bytes | None]  # keyed digest over step, person, instant and content
    signed_at: Mapped[datetime | None]
    reason_sealed: Mapped[bytes | None]

    @property
    def vault_subject(self) -> UUID:
        """A reason for sending back speaks about the patient."""
        return self.resident_id

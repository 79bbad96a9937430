"""The certificate, what happened to it, the county's signing keys, and who came to the door. MS-4.1b, MS-4.2.2u2."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow

GUARD = """
CREATE TRIGGER referral_certificate_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON referral_certificate
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNGUARD = "DROP TRIGGER IF EXISTS referral_certificate_fixed ON referral_certificate"


class ReferralCertificate(CountyRow, Base):
    """《双向转诊证明》 (DocumentReference). Written once and never changed; what happens to it are event rows."""

    __tablename__ = "referral_certificate"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "key_id"], ["county_key.county_id", "county_key.id"]),
        Index("uq_referral_certificate_number", "number", unique=True),
        Index("uq_referral_certificate_edition", "county_id", "referral_id", "edition", unique=True),
    )

    referral_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    edition: Mapped[int]
    number: Mapped[str]  # with its check character
    from_institution: Mapped[str]
    to_institution: Mapped[str]
    direction: Mapped[str]
    issued_on: Mapped[date]
    valid_until: Mapped[date]
    uses: Mapped[int]  # 0: any number
    late: Mapped[bool]
    content_hash: Mapped[str]
    facts_sealed: Mapped[bytes]  # JSON, under the county's statutory key: the law keeps it
    facts_hash: Mapped[bytes]
    key_id: Mapped[UUID]
    signature: Mapped[bytes]  # Ed25519 over number, dates, ends and facts_hash


class CertificateEvent(CountyRow, Base):
    """What happened to a certificate after it was issued: used, voided, replaced, its late signature made."""

    __tablename__ = "certificate_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "certificate_id"], ["referral_certificate.county_id", "referral_certificate.id"]
        ),
        Index(
            "uq_certificate_event_end",
            "county_id",
            "certificate_id",
            unique=True,
            postgresql_where=text("kind IN ('voided', 'replaced')"),
        ),
        Index(
            "uq_certificate_event_use",
            "county_id",
            "certificate_id",
            "use_number",
            unique=True,
            postgresql_where=text("kind = 'used'"),
        ),
        CheckConstraint("kind IN ('used', 'voided', 'replaced', 'completed', 'objected')", name="kind"),
        CheckConstraint("(kind = 'used') = (use_number IS NOT NULL)", name="use_number"),
    )

    certificate_id: Mapped[UUID]
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    use_number: Mapped[int | None]
    institution: Mapped[str | None]
    practitioner_id: Mapped[UUID | None]
    by_number: Mapped[str | None]  # of the certificate that replaced it


class CountyKey(CountyRow, Base):
    """The county's Ed25519 key pair; the public half is published, the private one sealed."""

    __tablename__ = "county_key"
    __table_args__ = (
        Index("uq_county_key_live", "county_id", unique=True, postgresql_where=text("retired_at IS NULL")),
    )

    public: Mapped[bytes]
    private_sealed: Mapped[bytes]
    retired_at: Mapped[datetime | None]


class Arrival(CountyRow, Base):
    """The transfer-in register: who came, as what, verified by whom. Nobody is refused for a paper. MS-4.1b."""

    __tablename__ = "arrival"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        Index("ix_arrival_institution", "county_id", "institution", "id"),
        Index("ix_arrival_resident", "county_id", "resident_id"),
        CheckConstraint("came_as IN ('referred', 'not_referred', 'emergency', 'special')", name="came_as"),
        CheckConstraint("(came_as IN ('emergency', 'special')) = (exemption IS NOT NULL)", name="exemption"),
        CheckConstraint("came_as <> 'referred' OR referral_id IS NOT NULL", name="referred"),
    )

    resident_id: Mapped[UUID]
    institution: Mapped[str]
    department: Mapped[str | None]
    category: Mapped[str]  # outpatient | stay | examination
    came_as: Mapped[str]
    exemption: Mapped[str | None]
    referral_id: Mapped[UUID | None]
    certificate_id: Mapped[UUID | None]
    verified_by: Mapped[UUID | None]
    verified_how: Mapped[str | None]  # qr | number | paper
    registered_by: Mapped[UUID]
    benefit_note: Mapped[str] = mapped_column(server_default=text("''"))
    at: Mapped[datetime] = mapped_column(server_default=text("liandong_now()"))


class VerifyCount(Base):
    """How often a number or an address asked in one minute, when Valkey is away. Machine time."""

    __tablename__ = "verify_count"

    county_id: Mapped[str] = mapped_column(Text(), primary_key=True)
    key: Mapped[str] = mapped_column(Text(), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(server_default=text("1"))


Facts = dict[str, Any]
"""The frozen lines of a certificate, in the order of the form."""

"""Residents, clinicians, and the accounts they sign in with."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class Resident(CountyRow, Versioned, Base):
    """A person of the county and their health record's head (Patient). Found by import, claimed later.

    `name` is kept as written; `name_folded` (dots unified) and `name_pinyin` are for search only. People without an
    ID card are known by `record_number` alone (17 digits, ID-06). A phone may be shared by a village: never unique.
    """

    __tablename__ = "resident"
    __table_args__ = (
        Index("uq_resident_id_number", "county_id", "id_number_index", unique=True),
        Index("uq_resident_record_number", "county_id", "record_number", unique=True),
        Index("ix_resident_phone", "county_id", "phone_index"),
        Index("ix_resident_village", "county_id", "village", "household"),
        Index("ix_resident_pinyin", "county_id", "name_pinyin"),
        CheckConstraint("sex IN ('male', 'female', 'unknown')", name="sex"),
    )
    __access__: ClassVar[dict[Relation, str]] = {
        Relation.SELF: "id",
        Relation.PROXY: "id",
        Relation.GUARDIAN: "id",
        Relation.GRANTED: "id",
    }

    name: Mapped[str]
    name_folded: Mapped[str]
    name_pinyin: Mapped[str]
    sex: Mapped[str]
    birth_on: Mapped[date]
    ethnicity: Mapped[str] = mapped_column(server_default=text("''"))
    record_number: Mapped[str]
    id_number_sealed: Mapped[bytes | None]
    id_number_index: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    phone_index: Mapped[bytes | None]
    address_sealed: Mapped[bytes | None]
    village: Mapped[str]
    household: Mapped[str]  # number of the household within the village, in walking order
    household_head: Mapped[str] = mapped_column(server_default=text("''"))
    language: Mapped[str] = mapped_column(server_default=text("''"))
    insurance: Mapped[str] = mapped_column(server_default=text("'resident'"))  # resident, employee, none
    insured_here: Mapped[bool] = mapped_column(server_default=text("true"))
    lacks_capacity: Mapped[bool] = mapped_column(server_default=text("false"))  # determined by a court
    own_wages: Mapped[bool] = mapped_column(server_default=text("false"))  # 16-17 living on own wages
    away_at: Mapped[str | None]  # migrant: where, e.g. 郑州
    conditions: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))  # hypertension, diabetes ...
    key_groups: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    died_on: Mapped[date | None]

    @property
    def vault_subject(self) -> UUID:
        """The person's own key seals their number, phone and address."""
        return self.id

    @property
    def resident_id(self) -> UUID:
        """Whose record it is, under the name that every other table has for it; the audit asks so."""
        return self.id


class Practitioner(CountyRow, Base):
    """Someone who works in the county's care (Practitioner). XM-5.8: licence, title, practising place."""

    __tablename__ = "practitioner"

    name: Mapped[str]
    name_pinyin: Mapped[str] = mapped_column(server_default=text("''"))
    title: Mapped[str]
    licence: Mapped[str] = mapped_column(server_default=text("''"))
    phone: Mapped[str] = mapped_column(server_default=text("''"))  # the work phone, published
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class PractitionerRole(CountyRow, Base):
    """A role at an institution (PractitionerRole), with dates; `duty` names a stand-in's duty in the pack."""

    __tablename__ = "practitioner_role"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        Index("ix_practitioner_role_institution", "county_id", "institution", "role"),
        Index("ix_practitioner_role_practitioner", "county_id", "practitioner_id"),
    )

    practitioner_id: Mapped[UUID]
    role: Mapped[str]
    institution: Mapped[str]
    department: Mapped[str | None]
    duty: Mapped[str | None]
    from_on: Mapped[date] = mapped_column(server_default=text("'2016-01-01'"))
    until_on: Mapped[date | None]


class Account(CountyRow, Base):
    """One human's sign-in in one county: a WeChat account, a staff account, or both bound together.

    Failures are counted before a secret is looked at and locks end by themselves; both in machine time.
    """

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index("uq_account_openid", "county_id", "openid_index", unique=True),
        Index("uq_account_practitioner", "county_id", "practitioner_id", unique=True),
        Index("uq_account_login", "county_id", "login", unique=True),
        Index("uq_account_resident", "county_id", "resident_id", unique=True),
    )

    openid_index: Mapped[bytes | None]
    openid_sealed: Mapped[bytes | None]
    resident_id: Mapped[UUID | None]  # the own health record, once claimed
    assurance: Mapped[str] = mapped_column(server_default=text("'none'"))
    paused: Mapped[bool] = mapped_column(server_default=text("false"))  # consent withdrawn: no record is shown
    practitioner_id: Mapped[UUID | None]
    login: Mapped[str | None]
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[bytes | None]
    totp_step: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))  # the last one used: never again
    bind_code_hash: Mapped[bytes | None]
    bind_code_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    locked_until: Mapped[datetime | None]
    pin_hash: Mapped[str | None]  # the short PIN for signing on the phone
    pin_failures: Mapped[int] = mapped_column(server_default=text("0"))
    pin_locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]  # a staff account that went over to its owner's WeChat account

    @property
    def vault_subject(self) -> UUID:
        """An account is nobody's health record: the county's key seals it."""
        return UUID(int=0)


class SignInSession(CountyRow, Base):
    """An opaque token, hashed, bound to one account; machine time. Revoked at once, everywhere."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "account_id"], ["account.county_id", "account.id"]),
        Index("uq_sign_in_session_token", "token_hash", unique=True),
        Index("ix_sign_in_session_account", "county_id", "account_id"),
    )

    account_id: Mapped[UUID]
    kind: Mapped[str]  # bearer | desk
    token_hash: Mapped[bytes]
    device: Mapped[str] = mapped_column(server_default=text("''"))  # a word for the list: 微信（苹果手机）
    began_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class UsedCode(CountyRow, Base):
    """A WeChat sign-in code that has made its one session. Machine time; forgotten after a while."""

    __tablename__ = "used_code"
    __table_args__ = (Index("uq_used_code_code", "county_id", "code_hash", unique=True),)

    code_hash: Mapped[bytes]
    used_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class PrivacyConsent(CountyRow, Base):
    """Which version of the privacy notice an account agreed to, and when it was withdrawn (PIPL art. 14-15, 29, 31).

    Kinds stand apart, each agreed to by itself: `notice`, `health` (sensitive data), `child` (a ward under 14).
    """

    __tablename__ = "privacy_consent"
    __table_args__ = (
        Index("ix_privacy_consent_account", "county_id", "account_id"),
        Index(
            "uq_privacy_consent_live",
            "county_id",
            "account_id",
            "kind",
            "notice_version",
            "resident_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("kind IN ('notice', 'health', 'child')", name="kind"),
    )

    account_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(server_default=text("'notice'"))
    notice_version: Mapped[str]
    resident_id: Mapped[UUID | None]  # the ward of a `child` consent
    withdrawn_at: Mapped[datetime | None]


class HandOverCode(CountyRow, Base):
    """A one-time code handed over in person, with which a record is claimed or family is tied. Machine time."""

    __tablename__ = "hand_over_code"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        Index("uq_hand_over_code_code", "county_id", "code_hash", unique=True),
        Index("ix_hand_over_code_resident", "county_id", "resident_id"),
        CheckConstraint("purpose IN ('claim', 'proxy', 'guardian')", name="purpose"),
    )

    resident_id: Mapped[UUID]
    code_hash: Mapped[bytes]
    issued_by: Mapped[UUID]  # account
    practitioner_id: Mapped[UUID | None]  # set when staff looked at the papers
    purpose: Mapped[str] = mapped_column(server_default=text("'claim'"))
    relation: Mapped[str] = mapped_column(server_default=text("''"))
    holder_name: Mapped[str] = mapped_column(server_default=text("''"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RelatedPerson(CountyRow, Base):
    """Who may act for a resident: a proxy runs errands, a guardian consents (RelatedPerson). Two different rights.

    A proxy signs only by a `written_authority` of its own table.
    """

    __tablename__ = "related_person"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "account_id"], ["account.county_id", "account.id"]),
        Index(
            "uq_related_person_live",
            "county_id",
            "resident_id",
            "account_id",
            "kind",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_related_person_account", "county_id", "account_id", postgresql_where=text("revoked_at IS NULL")),
        CheckConstraint("kind IN ('proxy', 'guardian')", name="kind"),
    )

    resident_id: Mapped[UUID]
    account_id: Mapped[UUID]
    kind: Mapped[str]
    name: Mapped[str]
    relation: Mapped[str]
    verified_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]

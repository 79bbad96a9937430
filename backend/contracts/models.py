"""Care teams, who is in them, and the contracts with residents. XM-5.2, MS-4.6, MS-4.7b."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class CareTeam(CountyRow, Versioned, Base):
    """A team of family doctor, nurse, village doctors (CareTeam). `villages` are codes of the pack."""

    __tablename__ = "care_team"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        Index("uq_care_team_name", "county_id", "institution", "name", unique=True),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.TEAM: "id"}

    institution: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default=text("''"))
    villages: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    services: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    answer_minutes: Mapped[int] = mapped_column(server_default=text("120"))  # promised, in working hours
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class CareTeamMember(CountyRow, Base):
    """Somebody's part in a team, from a day until a day (that day excluded)."""

    __tablename__ = "care_team_member"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "team_id"], ["care_team.county_id", "care_team.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index(
            "uq_care_team_member_live",
            "county_id",
            "practitioner_id",
            "team_id",
            unique=True,
            postgresql_where=text("until_on IS NULL"),
        ),
        Index(
            "uq_care_team_member_leader",
            "county_id",
            "team_id",
            unique=True,
            postgresql_where=text("part = 'leader' AND until_on IS NULL"),
        ),
        CheckConstraint("part IN ('leader', 'doctor', 'nurse', 'village_doctor', 'public_health')", name="part"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="interval"),
    )

    team_id: Mapped[UUID]
    practitioner_id: Mapped[UUID]
    part: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Contract(CountyRow, Versioned, Base):
    """A resident's contract with a team (Contract). It runs from `from_on` until `until_on`, that day excluded.

    One open request and one running contract a resident, and running times never overlap: the database's word.
    Money in fen; the three parts are what the fund, public-health money and the resident bear (MS-4.7b).
    """

    __tablename__ = "contract"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "team_id"], ["care_team.county_id", "care_team.id"]),
        ForeignKeyConstraint(["county_id", "signature_file"], ["stored_file.county_id", "stored_file.id"]),
        ForeignKeyConstraint(["county_id", "replaces_id"], ["contract.county_id", "contract.id"]),
        Index(
            "uq_contract_requested",
            "county_id",
            "resident_id",
            unique=True,
            postgresql_where=text("status = 'requested'"),
        ),
        Index(
            "uq_contract_active", "county_id", "resident_id", unique=True, postgresql_where=text("status = 'active'")
        ),
        ExcludeConstraint(
            ("county_id", "="),
            ("resident_id", "="),
            (text("daterange(from_on, until_on, '[)')"), "&&"),
            name="ex_contract_term",
            using="gist",
            where=text("status IN ('active', 'ended')"),
        ),
        Index("ix_contract_team", "county_id", "team_id", "status"),
        Index("ix_contract_resident", "county_id", "resident_id"),
        Index("ix_contract_until", "county_id", "until_on", postgresql_where=text("status = 'active'")),
        Index("ix_contract_household", "county_id", "household_id"),
        CheckConstraint("status IN ('requested', 'active', 'ended', 'declined', 'cancelled')", name="status"),
        CheckConstraint(
            "status NOT IN ('active', 'ended') OR (from_on IS NOT NULL AND until_on IS NOT NULL"
            " AND until_on >= from_on)",
            name="term",
        ),
        CheckConstraint("fund_fen + public_health_fen + resident_fen = total_fen", name="fee_sum"),
        CheckConstraint(
            "total_fen >= 0 AND fund_fen >= 0 AND public_health_fen >= 0 AND resident_fen >= 0", name="fee_parts"
        ),
        CheckConstraint("(kind = 'household') = (household_id IS NOT NULL)", name="kind"),
    )

    resident_id: Mapped[UUID]
    team_id: Mapped[UUID]
    institution: Mapped[str]
    village: Mapped[str]  # where the resident lived when signing
    kind: Mapped[str]
    household_id: Mapped[UUID | None]  # the same for everybody who signed together
    status: Mapped[str] = mapped_column(server_default=text("'requested'"))
    package_code: Mapped[str]
    package_version: Mapped[str]
    pack_version: Mapped[str]
    total_fen: Mapped[int]
    fund_fen: Mapped[int]
    public_health_fen: Mapped[int]
    resident_fen: Mapped[int]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    replaces_id: Mapped[UUID | None]  # the contract that ends when this one starts
    signed_how: Mapped[str]
    signed_by: Mapped[UUID]  # the account that sent it
    guardian_name: Mapped[str | None]
    signature_file: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class ServicePoint(CountyRow, Base):
    """Points for a service really done (XM-5.2c), once for what shows it."""

    __tablename__ = "service_point"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index("uq_service_point_focus", "county_id", "practitioner_id", "service", "focus_id", unique=True),
        Index("ix_service_point_day", "county_id", "institution", "done_on"),
        CheckConstraint("points >= 0", name="points"),
    )

    practitioner_id: Mapped[UUID]
    institution: Mapped[str]
    service: Mapped[str]
    points: Mapped[int]
    focus_kind: Mapped[str]
    focus_id: Mapped[UUID]
    resident_id: Mapped[UUID | None]
    done_on: Mapped[date]


class AreaAssignment(CountyRow, Base):
    """A village in the charge of a township's backbone doctor (划片包村, XM-5.2b). One doctor a village at a time."""

    __tablename__ = "area_assignment"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        Index(
            "uq_area_assignment_village",
            "county_id",
            "village",
            unique=True,
            postgresql_where=text("until_on IS NULL"),
        ),
        Index("ix_area_assignment_practitioner", "county_id", "practitioner_id"),
    )

    practitioner_id: Mapped[UUID]
    institution: Mapped[str]
    village: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class AreaScore(CountyRow, Versioned, Base):
    """What the supervisor gave a village doctor for a month, 0 to 100 (XM-5.2b). One a month; corrections count up."""

    __tablename__ = "area_score"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "scored_by"], ["practitioner.county_id", "practitioner.id"]),
        Index("uq_area_score_month", "county_id", "practitioner_id", "month", unique=True),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
    )

    practitioner_id: Mapped[UUID]
    scored_by: Mapped[UUID]
    month: Mapped[str]  # 2026-11
    score: Mapped[int]

"""Counties, pack versions, institutions and alliances. XM-2, XM-4, MS-3, MS-4.3.

What a pack defines is known everywhere by its code (text), never by a made-up id: an institution is
`first-hospital`, a department `cardiology`, a village `yuanzhuang-cun`. A code is unique in its county.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow


class County(Base):
    """A county: a shard of everything, made by loading its pack. `version` is the pack in force."""

    __tablename__ = "county"

    county_id: Mapped[str] = mapped_column(Text(), primary_key=True)
    name: Mapped[str]
    version: Mapped[str]


class PackVersion(CountyRow, Base):
    """A loaded pack, whole; a referral keeps the version it was judged by (XM-5.4f)."""

    __tablename__ = "pack_version"
    __table_args__ = (Index("uq_pack_version_version", "county_id", "version", unique=True),)

    version: Mapped[str]
    effective_from: Mapped[date]
    document: Mapped[dict[str, Any]]
    digest: Mapped[str]
    loaded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Institution(Base):
    """One legal person or a village clinic, as the pack in force has it (XM-2, MS-4.3c)."""

    __tablename__ = "institution"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "parent"], ["institution.county_id", "institution.code"]),
        Index("ix_institution_level", "county_id", "level"),
    )

    county_id: Mapped[str] = mapped_column(Text(), primary_key=True)
    code: Mapped[str] = mapped_column(Text(), primary_key=True)
    level: Mapped[str]
    tier: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str]
    parent: Mapped[str | None]
    alliance: Mapped[str | None]
    town: Mapped[str | None]
    outside: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class AllianceMembership(CountyRow, Base):
    """A member's agreement with its term and who signed it; leaving is voluntary and keeps the row (XM-4)."""

    __tablename__ = "alliance_membership"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        Index("uq_alliance_membership_agreement", "county_id", "alliance", "institution", "joined_on", unique=True),
        Index(
            "uq_alliance_membership_live",
            "county_id",
            "institution",
            unique=True,
            postgresql_where=text("status = 'member'"),
        ),
        CheckConstraint("status IN ('member', 'left')", name="status"),
        CheckConstraint("(status = 'left') = (left_on IS NOT NULL)", name="left"),
        CheckConstraint("until_on >= joined_on", name="term"),
    )

    alliance: Mapped[str]
    institution: Mapped[str]
    agreement: Mapped[str]
    joined_on: Mapped[date]
    until_on: Mapped[date]
    signatories: Mapped[list[Any]]
    status: Mapped[str] = mapped_column(server_default=text("'member'"))
    left_on: Mapped[date | None]
    left_reason: Mapped[str] = mapped_column(server_default=text("''"))

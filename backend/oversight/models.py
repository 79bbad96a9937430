"""The fund's settlement list, month by month; it alone knows who was treated outside the county. XM-3, MS-1."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow


class SettlementImport(CountyRow, Base):
    """One list as it was read in, whole or not at all; a later list of the same month takes its place."""

    __tablename__ = "settlement_import"
    __table_args__ = (
        Index(
            "uq_settlement_import_month",
            "county_id",
            "month",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        CheckConstraint("date_trunc('month', month)::date = month", name="month"),
        CheckConstraint(
            "complete_until >= month AND complete_until < (month + interval '1 month')::date", name="complete_until"
        ),
    )

    month: Mapped[date]  # the first day of it
    complete_until: Mapped[date]  # every stay and visit settled up to that day is in it
    file_name: Mapped[str]
    sha256: Mapped[bytes]
    lines: Mapped[int]
    sample: Mapped[bool] = mapped_column(server_default=text("false"))  # made up for a demonstration
    papers: Mapped[bool] = mapped_column(server_default=text("false"))  # says who came with a certificate, and how
    account_id: Mapped[UUID | None]  # None: by an operator's command
    replaced_at: Mapped[datetime | None]


class SettlementLine(CountyRow, Base):
    """One visit or stay that the fund settled; the person is a pseudonym of the fund. Money in fen.

    The certificate's number would say who the pseudonym is: only its keyed index is kept, to be matched and not read.
    """

    __tablename__ = "settlement_line"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "import_id"], ["settlement_import.county_id", "settlement_import.id"]),
        Index("uq_settlement_line_number", "county_id", "import_id", "number", unique=True),
        CheckConstraint("kind IN ('visit', 'stay')", name="kind"),
        CheckConstraint("until_on >= from_on", name="interval"),
        CheckConstraint("paid_fen >= 0 AND paid_fen <= cost_fen", name="money"),
        CheckConstraint("came_how IN ('referred', 'emergency', 'special', 'own', 'ordinary')", name="came_how"),
    )

    import_id: Mapped[UUID]
    number: Mapped[int]  # the row of the file
    pseudonym: Mapped[str]
    insured_here: Mapped[bool]
    hospital: Mapped[str]
    level: Mapped[str]  # code of the pack
    inside: Mapped[bool]  # counted as inside the county, by the county's rule of levels
    kind: Mapped[str]
    specialty: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    cost_fen: Mapped[int]
    paid_fen: Mapped[int]
    paper_index: Mapped[bytes | None]  # of the number of a certificate or a registration
    came_how: Mapped[str | None]

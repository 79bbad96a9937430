"""What a house did that no patient's record shows: drills, training, rounds at lower houses. XM-5.4d, MS-4.2.3c."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, CountyRow


class LedgerEntry(CountyRow, Base):
    """One drill, training, round or lesson, written once by the house that held it; no patient is named in it.

    A drill or training is held at home, a round or a lesson at another house: `host` is where.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index(
            "uq_ledger_entry_once",
            "county_id",
            "institution",
            "kind",
            "held_on",
            "host",
            "subject",
            unique=True,
            postgresql_where=text("struck_at IS NULL"),
        ),
        Index("ix_ledger_entry_held", "county_id", "held_on"),
        CheckConstraint("kind IN ('drill', 'training', 'rounds', 'teaching')", name="kind"),
        CheckConstraint("(kind IN ('rounds', 'teaching')) = (host <> institution)", name="where"),
        CheckConstraint("(kind = 'rounds') = (patients IS NOT NULL)", name="patients"),
        CheckConstraint("took_part BETWEEN 1 AND 5000 AND patients BETWEEN 0 AND 1000", name="counts"),
        CheckConstraint(
            "(struck_at IS NULL) = (struck_by IS NULL) AND (struck_at IS NULL) = (strike_reason = '')", name="struck"
        ),
    )

    kind: Mapped[str]
    institution: Mapped[str]  # who held it
    host: Mapped[str]  # where
    held_on: Mapped[date]
    led_by: Mapped[str]
    subject: Mapped[str]  # what was practised or taught, never about a person
    took_part: Mapped[int]
    patients: Mapped[int | None]  # seen on a round
    registered_by: Mapped[UUID | None]
    struck_at: Mapped[datetime | None]  # written wrongly: counted no more, and stays to be read
    struck_by: Mapped[UUID | None]
    strike_reason: Mapped[str] = mapped_column(server_default=text("''"))

"""What a doctor chose where a result already counts."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped

from backend.store.base import Base, CountyRow


class RecognitionChoice(CountyRow, Base):
    """A recognised result was used, or repeated for one of the national reasons. XM-5.3, MS-4.2.3b.

    Written once. `saved_fen` is the catalogue's price of that day; a repeat saves nothing and names its order.
    """

    __tablename__ = "recognition_choice"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "result_id"], ["result.county_id", "result.id"]),
        ForeignKeyConstraint(["county_id", "order_id"], ["examination_order.county_id", "examination_order.id"]),
        Index("ix_recognition_choice_made", "county_id", "created_at"),
        # A result saves a house one examination, however often it is looked at.
        Index(
            "uq_recognition_choice_used",
            "county_id",
            "result_id",
            "institution",
            unique=True,
            postgresql_where=text("choice = 'used'"),
        ),
        Index(
            "uq_recognition_choice_order",
            "county_id",
            "order_id",
            unique=True,
            postgresql_where=text("order_id IS NOT NULL"),
        ),
        CheckConstraint("choice IN ('used', 'repeated')", name="choice"),
        CheckConstraint(
            "(choice = 'repeated') = (reason IS NOT NULL) AND (choice = 'repeated') = (order_id IS NOT NULL)"
            " AND (choice = 'used' OR saved_fen = 0)",
            name="repeated",
        ),
    )

    resident_id: Mapped[UUID]
    practitioner_id: Mapped[UUID]
    institution: Mapped[str]
    item: Mapped[str]
    result_id: Mapped[UUID]
    choice: Mapped[str]  # used | repeated
    reason: Mapped[str | None]  # one of the pack's codes for the national reasons
    order_id: Mapped[UUID | None]
    saved_fen: Mapped[int]
    note_sealed: Mapped[bytes | None]

    @property
    def vault_subject(self) -> UUID:
        """The patient's key seals what was written beside the reason."""
        return self.resident_id

"""Which department of the receiving house a referral was given to by its desk, when nobody below had named one."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped

from backend.store.base import Base, CountyRow


class DepartmentAssignment(CountyRow, Base):
    """One choice of a department by the house that is asked (Provenance): from none, or from a wrong one."""

    __tablename__ = "department_assignment"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "answer_id"], ["referral_answer.county_id", "referral_answer.id"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index("ix_department_assignment_referral", "county_id", "referral_id"),
        # Of two clerks at the same moment one is the first.
        Index(
            "uq_department_assignment_first",
            "county_id",
            "answer_id",
            unique=True,
            postgresql_where=text("from_department IS NULL"),
        ),
        CheckConstraint("from_department IS DISTINCT FROM to_department", name="another"),
    )

    referral_id: Mapped[UUID]
    answer_id: Mapped[UUID]  # the question that waited
    resident_id: Mapped[UUID]
    institution: Mapped[str]
    from_department: Mapped[str | None]
    to_department: Mapped[str]
    practitioner_id: Mapped[UUID]  # who chose it

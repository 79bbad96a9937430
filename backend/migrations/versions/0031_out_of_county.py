"""out of the county: papers on the fund's list, direct visits, reviews of agreements."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "settlement_import", sa.Column("papers", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("settlement_line", sa.Column("paper_index", sa.LargeBinary(), nullable=True))
    op.add_column("settlement_line", sa.Column("came_how", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_settlement_line_came_how"),
        "settlement_line",
        "came_how IN ('referred', 'emergency', 'special', 'own', 'ordinary')",
    )
    op.create_table(
        "direct_visit",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("went_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told_how", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("institution", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint("kind IN ('visit', 'stay')", name=op.f("ck_direct_visit_kind")),
        sa.CheckConstraint("told_how IN ('desk', 'phone', 'self')", name=op.f("ck_direct_visit_told_how")),
        sa.CheckConstraint("late = (late_reason IS NOT NULL)", name=op.f("ck_direct_visit_late")),
        sa.CheckConstraint(
            "(told_how = 'self') = (registered_by IS NULL AND institution IS NULL)", name=op.f("ck_direct_visit_by")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "resident_id"],
            ["resident.county_id", "resident.id"],
            name=op.f("fk_direct_visit_county_id_resident_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_direct_visit")),
    )
    op.create_index("uq_direct_visit_number", "direct_visit", ["county_id", "number"], unique=True)
    op.create_index(
        "uq_direct_visit_once", "direct_visit", ["county_id", "resident_id", "hospital", "went_on"], unique=True
    )
    op.create_index("ix_direct_visit_went", "direct_visit", ["county_id", "went_on"])
    op.create_index("ix_direct_visit_institution", "direct_visit", ["county_id", "institution"])
    op.create_table(
        "agreement_review",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("upper_institution", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint("outcome IN ('keep', 'change', 'end')", name=op.f("ck_agreement_review_outcome")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_agreement_review")),
    )
    op.create_index(
        "uq_agreement_review_day",
        "agreement_review",
        ["county_id", "institution", "upper_institution", "from_day", "held_on"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("agreement_review")
    op.drop_table("direct_visit")
    op.drop_constraint(op.f("ck_settlement_line_came_how"), "settlement_line")
    op.drop_column("settlement_line", "came_how")
    op.drop_column("settlement_line", "paper_index")
    op.drop_column("settlement_import", "papers")

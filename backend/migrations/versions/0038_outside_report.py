"""referrals out of the county: what was told of them, and when a hospital answered by telephone."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLE = "outside_report"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False
        ),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("told_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("came_on", sa.Date(), nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("not_gone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("summary_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("source IN ('family', 'paper', 'phone')", name=op.f("ck_outside_report_source")),
        sa.CheckConstraint("source = 'paper' OR told_by <> ''", name=op.f("ck_outside_report_told_by")),
        sa.CheckConstraint("ending IN ('seen', 'discharged', 'moved_on')", name=op.f("ck_outside_report_ending")),
        sa.CheckConstraint("(ending IS NULL) = (ended_on IS NULL)", name=op.f("ck_outside_report_ended_on")),
        sa.CheckConstraint(
            "not_gone = (came_on IS NULL AND ending IS NULL)", name=op.f("ck_outside_report_something")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "referral_id"],
            ["referral.county_id", "referral.id"],
            name=op.f("fk_outside_report_county_id_referral"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "resident_id"],
            ["resident.county_id", "resident.id"],
            name=op.f("fk_outside_report_county_id_resident"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "written_by"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_outside_report_county_id_practitioner"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_outside_report")),
    )
    op.create_index("ix_outside_report_referral", TABLE, ["county_id", "referral_id"])
    op.add_column("referral_answer", sa.Column("said_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("referral_answer", "said_at")
    op.drop_table(TABLE)

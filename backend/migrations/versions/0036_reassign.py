"""referral reassignment: another doctor of the same house goes on with a referral."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral_reassignment",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("from_practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("to_practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint(
            "from_practitioner_id <> to_practitioner_id", name=op.f("ck_referral_reassignment_another")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "referral_id"],
            ["referral.county_id", "referral.id"],
            name=op.f("fk_referral_reassignment_county_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "from_practitioner_id"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_referral_reassignment_county_id_from_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "to_practitioner_id"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_referral_reassignment_county_id_to_practitioner_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_referral_reassignment")),
    )
    op.create_index("ix_referral_reassignment_referral", "referral_reassignment", ["county_id", "referral_id"])


def downgrade() -> None:
    op.drop_table("referral_reassignment")

"""referral audit: issued referrals that are looked at again."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral_audit",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("to_institution", sa.Text(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'drawn'"), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at_institution", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint("date_trunc('month', month)::date = month", name=op.f("ck_referral_audit_month")),
        sa.CheckConstraint(
            "verdict IN ('justified', 'unjustified', 'papers_missing')", name=op.f("ck_referral_audit_verdict")
        ),
        sa.CheckConstraint(
            "(status = 'reviewed') = "
            "(verdict IS NOT NULL AND reviewed_at_institution IS NOT NULL AND reviewed_at IS NOT NULL)",
            name=op.f("ck_referral_audit_reviewed"),
        ),
        sa.CheckConstraint(
            "reviewed_by <> practitioner_id AND reviewed_at_institution <> institution",
            name=op.f("ck_referral_audit_other"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "referral_id"],
            ["referral.county_id", "referral.id"],
            name=op.f("fk_referral_audit_county_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "resident_id"],
            ["resident.county_id", "resident.id"],
            name=op.f("fk_referral_audit_county_id_resident_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_referral_audit")),
    )
    op.create_index("ix_referral_audit_month", "referral_audit", ["county_id", "month"])
    op.create_index("uq_referral_audit_referral", "referral_audit", ["county_id", "referral_id"], unique=True)


def downgrade() -> None:
    op.drop_table("referral_audit")

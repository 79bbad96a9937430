"""records go along: drugs that are taken, and pictures of papers, beside a referral."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLE = "referral_attachment"
_TIMED = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("dose_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("prescription_id", sa.Uuid(), nullable=True),
        sa.Column("drug", sa.Text(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("later", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("removed_at", _TIMED, nullable=True),
        sa.Column("created_at", _TIMED, server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('drug', 'ecg', 'report', 'discharge', 'other')", name=op.f("ck_referral_attachment_kind")
        ),
        sa.CheckConstraint("kind <> 'drug' OR file_id IS NULL", name=op.f("ck_referral_attachment_drug")),
        sa.CheckConstraint(
            "kind = 'drug' OR file_id IS NOT NULL OR removed_at IS NOT NULL",
            name=op.f("ck_referral_attachment_picture"),
        ),
        *(
            sa.ForeignKeyConstraint(
                ["county_id", column],
                [f"{table}.county_id", f"{table}.id"],
                name=op.f(f"fk_referral_attachment_county_id_{column}"),
            )
            for column, table in (
                ("referral_id", "referral"),
                ("practitioner_id", "practitioner"),
                ("file_id", "stored_file"),
            )
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_referral_attachment")),
    )
    op.create_index("ix_referral_attachment_referral", TABLE, ["county_id", "referral_id"])
    op.create_index(
        "uq_referral_attachment_drug",
        TABLE,
        ["county_id", "referral_id", "prescription_id", "drug"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL AND prescription_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table(TABLE)

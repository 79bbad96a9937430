"""incoming transfer: sent down on paper by a hospital above."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incoming_transfer",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("paper_number", sa.Text(), nullable=True),
        sa.Column("discharged_on", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("diagnosis_code", sa.Text(), nullable=True),
        sa.Column("diagnosis_text", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drugs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("medicine_ends_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("watch_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("summary_file_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'registered'"), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("to_institution", sa.Text(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stay_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'accepted') = (practitioner_id IS NOT NULL AND accepted_at IS NOT NULL)",
            name=op.f("ck_incoming_transfer_accepted"),
        ),
        sa.CheckConstraint("category IN ('bed', 'home')", name=op.f("ck_incoming_transfer_category")),
        sa.CheckConstraint("from_name <> ''", name=op.f("ck_incoming_transfer_from")),
        sa.ForeignKeyConstraint(
            ["county_id", "practitioner_id"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_incoming_transfer_county_id_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "resident_id"],
            ["resident.county_id", "resident.id"],
            name=op.f("fk_incoming_transfer_county_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "stay_id"], ["stay.county_id", "stay.id"], name=op.f("fk_incoming_transfer_county_id_stay_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_incoming_transfer")),
    )
    op.create_index("ix_incoming_transfer_to", "incoming_transfer", ["county_id", "to_institution", "status"])
    op.create_index(
        "uq_incoming_transfer_paper",
        "incoming_transfer",
        ["county_id", "resident_id", "from_name", "discharged_on"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("incoming_transfer")

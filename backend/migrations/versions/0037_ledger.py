"""ledger of drills, training, rounds and lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("led_by", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("took_part", sa.Integer(), nullable=False),
        sa.Column("patients", sa.Integer(), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False
        ),
        sa.CheckConstraint("kind IN ('drill', 'training', 'rounds', 'teaching')", name=op.f("ck_ledger_entry_kind")),
        sa.CheckConstraint(
            "(kind IN ('rounds', 'teaching')) = (host <> institution)", name=op.f("ck_ledger_entry_where")
        ),
        sa.CheckConstraint("(kind = 'rounds') = (patients IS NOT NULL)", name=op.f("ck_ledger_entry_patients")),
        sa.CheckConstraint(
            "took_part BETWEEN 1 AND 5000 AND patients BETWEEN 0 AND 1000", name=op.f("ck_ledger_entry_counts")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_ledger_entry")),
    )
    op.create_index("ix_ledger_entry_held", "ledger_entry", ["county_id", "held_on"])
    op.create_index(
        "uq_ledger_entry_once",
        "ledger_entry",
        ["county_id", "institution", "kind", "held_on", "host", "subject"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("ledger_entry")

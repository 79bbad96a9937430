"""operations: the grade and technique of a referral and a stay, and what was chosen beyond the house's scope."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("referral", "stay"):
        op.add_column(table, sa.Column("surgery_grade", sa.Integer(), nullable=True))
        op.add_column(table, sa.Column("technique", sa.Text(), nullable=True))
        op.create_check_constraint(op.f(f"ck_{table}_surgery_grade"), table, "surgery_grade BETWEEN 1 AND 4")
    op.add_column("stay", sa.Column("scope_choice", sa.Text(), nullable=True))
    op.add_column("stay", sa.Column("scope_by", sa.Uuid(), nullable=True))
    op.add_column("stay", sa.Column("scope_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_stay_scope_choice"),
        "stay",
        "scope_choice IN ('refer_on', 'other_way', 'stays', 'emergency') AND scope_at IS NOT NULL"
        " OR scope_choice IS NULL AND scope_at IS NULL",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_stay_scope_choice"), "stay")
    for column in ("scope_at", "scope_by", "scope_choice"):
        op.drop_column("stay", column)
    for table in ("stay", "referral"):
        op.drop_constraint(op.f(f"ck_{table}_surgery_grade"), table)
        op.drop_column(table, "technique")
        op.drop_column(table, "surgery_grade")

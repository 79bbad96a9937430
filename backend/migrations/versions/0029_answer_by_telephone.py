"""answer by telephone: who wrote it down, when its speaker disowned it, and what a yes changed on the referral."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLE = "referral_answer"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("written_by", sa.Uuid(), nullable=True))
    op.add_column(TABLE, sa.Column("disowned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        TABLE, sa.Column("moved", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_referral_answer_two_people"),
        TABLE,
        "written_by IS NULL OR (answered_by IS NOT NULL AND answered_by <> written_by)",
    )
    op.create_check_constraint(
        op.f("ck_referral_answer_disowned"),
        TABLE,
        "(status <> 'disowned' OR disowned_at IS NOT NULL) AND (disowned_at IS NULL OR written_by IS NOT NULL)",
    )


def downgrade() -> None:
    # Beside the question that was asked after it, an answer that its speaker disowned is as good as overtaken.
    op.execute("UPDATE referral_answer SET status = 'overtaken' WHERE status = 'disowned'")
    op.drop_constraint(op.f("ck_referral_answer_disowned"), TABLE)
    op.drop_constraint(op.f("ck_referral_answer_two_people"), TABLE)
    for column in ("moved", "disowned_at", "written_by"):
        op.drop_column(TABLE, column)

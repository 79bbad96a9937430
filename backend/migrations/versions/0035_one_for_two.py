"""one for two: at a small house one person's single signature covers two steps of the chain."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLE = "referral_signature"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("may_cover", sa.Text(), nullable=True))
    op.add_column(TABLE, sa.Column("covers_note", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column(TABLE, sa.Column("covered_by", sa.Uuid(), nullable=True))
    op.create_index("uq_referral_signature_covers", TABLE, ["county_id", "covered_by"], unique=True)
    op.create_check_constraint(
        op.f("ck_referral_signature_covered"),
        TABLE,
        "(status <> 'covered' OR (covered_by IS NOT NULL AND practitioner_id IS NOT NULL"
        " AND signed_at IS NOT NULL AND content_hash IS NOT NULL)) AND covered_by <> id",
    )


def downgrade() -> None:
    # Without the step a paper stands unsigned: whoever covered it is asked again.
    op.execute("UPDATE referral_signature SET status = 'void' WHERE status = 'covered'")
    op.drop_constraint(op.f("ck_referral_signature_covered"), TABLE)
    op.drop_index("uq_referral_signature_covers", table_name=TABLE)
    for column in ("covered_by", "covers_note", "may_cover"):
        op.drop_column(TABLE, column)

"""strikes: what was told of a hospital outside, or written into a ledger, wrongly is struck with a reason and stays."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

ONCE = ["county_id", "institution", "kind", "held_on", "host", "subject"]


def upgrade() -> None:
    for table in ("outside_report", "ledger_entry"):
        op.add_column(table, sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("struck_by", sa.Uuid(), nullable=True))
    op.add_column("outside_report", sa.Column("strike_reason_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("ledger_entry", sa.Column("strike_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_check_constraint(
        op.f("ck_outside_report_struck"),
        "outside_report",
        "(struck_at IS NULL) = (struck_by IS NULL) AND (struck_at IS NULL) = (strike_reason_sealed IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_ledger_entry_struck"),
        "ledger_entry",
        "(struck_at IS NULL) = (struck_by IS NULL) AND (struck_at IS NULL) = (strike_reason = '')",
    )
    op.drop_index("uq_ledger_entry_once", table_name="ledger_entry")
    op.create_index(
        "uq_ledger_entry_once", "ledger_entry", ONCE, unique=True, postgresql_where=sa.text("struck_at IS NULL")
    )


def downgrade() -> None:
    op.drop_index("uq_ledger_entry_once", table_name="ledger_entry")
    op.execute("DELETE FROM ledger_entry WHERE struck_at IS NOT NULL")
    op.create_index("uq_ledger_entry_once", "ledger_entry", ONCE, unique=True)
    op.drop_constraint(op.f("ck_ledger_entry_struck"), "ledger_entry")
    op.drop_constraint(op.f("ck_outside_report_struck"), "outside_report")
    op.drop_column("ledger_entry", "strike_reason")
    op.drop_column("outside_report", "strike_reason_sealed")
    for table in ("ledger_entry", "outside_report"):
        op.drop_column(table, "struck_by")
        op.drop_column(table, "struck_at")

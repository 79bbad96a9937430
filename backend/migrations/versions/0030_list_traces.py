"""list traces: a list finds its own last trace without going through the county's whole audit."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_audit_event_list",
        "audit_event",
        ["county_id", "account_id", "machine_at"],
        postgresql_where=sa.text("entity = 'list'"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_event_list", table_name="audit_event")

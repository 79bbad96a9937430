"""booking ended: why a desk ended a place, and where to go instead."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointment", sa.Column("end_reason", sa.Text(), nullable=True))
    op.add_column("appointment", sa.Column("end_instead", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_appointment_refused"),
        "appointment",
        "ended_because <> 'refused' OR (end_reason IS NOT NULL AND end_instead IS NOT NULL)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_appointment_refused"), "appointment", type_="check")
    op.drop_column("appointment", "end_instead")
    op.drop_column("appointment", "end_reason")

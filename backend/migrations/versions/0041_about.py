"""about: a notice of an appointment names the appointment's hour, not the hour at which it is told."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("about_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("notice", "about_at")

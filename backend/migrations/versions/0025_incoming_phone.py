"""incoming phone: whom to ask in the hospital above for what the paper lacks."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incoming_transfer", sa.Column("from_phone", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("incoming_transfer", "from_phone")

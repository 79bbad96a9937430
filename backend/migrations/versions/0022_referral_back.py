"""referral back: the way down that a referral takes back up."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("referral", sa.Column("back_from_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_referral_county_id_back_from_id"),
        "referral",
        "referral",
        ["county_id", "back_from_id"],
        ["county_id", "id"],
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_referral_county_id_back_from_id"), "referral", type_="foreignkey")
    op.drop_column("referral", "back_from_id")

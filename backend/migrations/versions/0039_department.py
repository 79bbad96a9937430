"""department assignment: which department the receiving desk chose where the doctor below had left it open."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLE = "department_assignment"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False
        ),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("from_department", sa.Text(), nullable=True),
        sa.Column("to_department", sa.Text(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "from_department IS DISTINCT FROM to_department", name=op.f("ck_department_assignment_another")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "referral_id"],
            ["referral.county_id", "referral.id"],
            name=op.f("fk_department_assignment_county_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "answer_id"],
            ["referral_answer.county_id", "referral_answer.id"],
            name=op.f("fk_department_assignment_county_id_answer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "practitioner_id"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_department_assignment_county_id_practitioner_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_department_assignment")),
    )
    op.create_index("ix_department_assignment_referral", TABLE, ["county_id", "referral_id"])
    op.create_index(
        "uq_department_assignment_first",
        TABLE,
        ["county_id", "answer_id"],
        unique=True,
        postgresql_where=sa.text("from_department IS NULL"),
    )


def downgrade() -> None:
    op.drop_table(TABLE)

"""recognition choice: a recognised result that was used, or repeated for a national reason."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE = "recognition_choice"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("saved_fen", sa.Integer(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False
        ),
        sa.CheckConstraint("choice IN ('used', 'repeated')", name=op.f("ck_recognition_choice_choice")),
        sa.CheckConstraint(
            "(choice = 'repeated') = (reason IS NOT NULL) AND (choice = 'repeated') = (order_id IS NOT NULL)"
            " AND (choice = 'used' OR saved_fen = 0)",
            name=op.f("ck_recognition_choice_repeated"),
        ),
        *(
            sa.ForeignKeyConstraint(
                ["county_id", column],
                [f"{table}.county_id", f"{table}.id"],
                name=op.f(f"fk_recognition_choice_county_id_{column}"),
            )
            for column, table in (
                ("resident_id", "resident"),
                ("practitioner_id", "practitioner"),
                ("result_id", "result"),
                ("order_id", "examination_order"),
            )
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_recognition_choice")),
    )
    op.create_index("ix_recognition_choice_made", TABLE, ["county_id", "created_at"])
    op.create_index(
        "uq_recognition_choice_used",
        TABLE,
        ["county_id", "result_id", "institution"],
        unique=True,
        postgresql_where=sa.text("choice = 'used'"),
    )
    op.create_index(
        "uq_recognition_choice_order",
        TABLE,
        ["county_id", "order_id"],
        unique=True,
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table(TABLE)

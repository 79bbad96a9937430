"""plan advice: what the doctor who sent somebody down advises below; a grant may end by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TIMED = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("access_grant", sa.Column("until_at", _TIMED, nullable=True))
    # The hospital that sent somebody down saw without an end: it gets the longest that a county gives.
    op.execute(
        """
        UPDATE access_grant g SET until_at = r.arrived_at + interval '90 days'
        FROM referral r
        WHERE g.basis IN ('hand_over', 'referral') AND r.county_id = g.county_id AND r.id = g.basis_id
          AND r.direction = 'down' AND r.arrived_at IS NOT NULL
          AND g.grantee IN ('practitioner:' || r.practitioner_id, 'institution:' || r.from_institution)
        """
    )
    op.create_table(
        "plan_advice",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("return_on", sa.Date(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("from_institution", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("asked_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", _TIMED, nullable=False),
        sa.Column("chased_at", _TIMED, nullable=True),
        sa.Column("ended_at", _TIMED, nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reply_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", _TIMED, server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('drug', 'examination', 'watch', 'return_earlier', 'other')", name=op.f("ck_plan_advice_kind")
        ),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name=op.f("ck_plan_advice_ended")),
        sa.CheckConstraint("(status = 'not_taken_on') = (reason IS NOT NULL)", name=op.f("ck_plan_advice_reason")),
        sa.CheckConstraint(
            "(status IN ('taken_on', 'not_taken_on')) = (answered_by IS NOT NULL)", name=op.f("ck_plan_advice_answered")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["county_id", column], [f"{table}.county_id", f"{table}.id"], name=op.f(f"fk_plan_advice_county_id_{column}")
            )
            for column, table in (
                ("plan_id", "follow_up_plan"),
                ("resident_id", "resident"),
                ("referral_id", "referral"),
                ("practitioner_id", "practitioner"),
                ("asked_id", "practitioner"),
            )
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_plan_advice")),
    )
    still_open = sa.text("status = 'open'")
    op.create_index(
        "uq_plan_advice_open",
        "plan_advice",
        ["county_id", "plan_id", "kind"],
        unique=True,
        postgresql_where=still_open,
    )
    op.create_index("ix_plan_advice_plan", "plan_advice", ["county_id", "plan_id"])
    op.create_index("ix_plan_advice_due", "plan_advice", ["county_id", "due_at"], postgresql_where=still_open)


def downgrade() -> None:
    op.drop_table("plan_advice")
    op.drop_column("access_grant", "until_at")

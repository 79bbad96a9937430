"""booking schedules: what a house settles itself, examinations and their orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_LIVE = "status IN ('held', 'pending', 'booked', 'arrived')"
_DAY = ["county_id", "resident_id", "institution", "department", "day"]


def upgrade() -> None:
    op.create_table(
        "schedule_template",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'clinic'"), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=True),
        sa.Column("from_institution", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("weekdays", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("every_weeks", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("end_time", sa.Time(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("expert", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("place", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("(on_day IS NULL) <> (weekdays = '[]'::jsonb)", name=op.f("ck_schedule_template_when")),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_schedule_template_days")),
        sa.CheckConstraint("end_time > start_time", name=op.f("ck_schedule_template_order")),
        sa.CheckConstraint("capacity > 0 AND every_weeks > 0", name=op.f("ck_schedule_template_counts")),
        sa.CheckConstraint("kind IN ('clinic', 'outreach')", name=op.f("ck_schedule_template_kind")),
        sa.CheckConstraint(
            "kind <> 'outreach' OR (practitioner_id IS NOT NULL AND from_institution IS NOT NULL)",
            name=op.f("ck_schedule_template_outreach"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "institution"],
            ["institution.county_id", "institution.code"],
            name=op.f("fk_schedule_template_county_id_institution"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "from_institution"],
            ["institution.county_id", "institution.code"],
            name=op.f("fk_schedule_template_county_id_from_institution"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "practitioner_id"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_schedule_template_county_id_practitioner_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_schedule_template")),
    )
    op.create_index(
        "uq_schedule_template_code",
        "schedule_template",
        ["county_id", "institution", "code"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "examination_order",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("stay_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("answers", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status IN ('active', 'done', 'revoked')", name=op.f("ck_examination_order_status")),
        sa.ForeignKeyConstraint(
            ["county_id", "resident_id"],
            ["resident.county_id", "resident.id"],
            name=op.f("fk_examination_order_county_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "practitioner_id"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_examination_order_county_id_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "institution"],
            ["institution.county_id", "institution.code"],
            name=op.f("fk_examination_order_county_id_institution"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "stay_id"], ["stay.county_id", "stay.id"], name=op.f("fk_examination_order_county_id_stay_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_examination_order")),
    )
    op.create_index("ix_examination_order_resident", "examination_order", ["county_id", "resident_id"])
    op.create_index(
        "uq_examination_order_active",
        "examination_order",
        ["county_id", "resident_id", "item"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.add_column("schedule_session", sa.Column("item", sa.Text(), nullable=True))
    op.add_column("appointment", sa.Column("order_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_appointment_county_id_order_id"),
        "appointment",
        "examination_order",
        ["county_id", "order_id"],
        ["county_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_appointment_examination"), "appointment", "(kind = 'examination') = (order_id IS NOT NULL)"
    )
    op.create_index(
        "uq_appointment_live_order",
        "appointment",
        ["county_id", "order_id"],
        unique=True,
        postgresql_where=sa.text(_LIVE),
    )
    _day(f"{_LIVE} AND order_id IS NULL")


def downgrade() -> None:
    _day(_LIVE)
    op.drop_index("uq_appointment_live_order", table_name="appointment")
    op.drop_constraint(op.f("ck_appointment_examination"), "appointment")
    op.drop_constraint(op.f("fk_appointment_county_id_order_id"), "appointment")
    op.drop_column("appointment", "order_id")
    op.drop_column("schedule_session", "item")
    op.drop_table("examination_order")
    op.drop_table("schedule_template")


def _day(where: str) -> None:
    op.drop_index("uq_appointment_live_day", table_name="appointment")
    op.create_index("uq_appointment_live_day", "appointment", _DAY, unique=True, postgresql_where=sa.text(where))

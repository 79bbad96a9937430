"""booking wait list: offers, stopped sessions and leaves, places added by hand, check-in numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waitlist_entry",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), server_default=sa.text("'routine'"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("missed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("by_doctor", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("left_because", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_waitlist_entry_days")),
        sa.CheckConstraint("priority IN ('stat', 'urgent', 'routine')", name=op.f("ck_waitlist_entry_priority")),
        sa.CheckConstraint("(pool = 'referral') = (referral_id IS NOT NULL)", name=op.f("ck_waitlist_entry_pool")),
        sa.ForeignKeyConstraint(
            ["county_id", "resident_id"],
            ["resident.county_id", "resident.id"],
            name=op.f("fk_waitlist_entry_county_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "referral_id"],
            ["referral.county_id", "referral.id"],
            name=op.f("fk_waitlist_entry_county_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "institution"],
            ["institution.county_id", "institution.code"],
            name=op.f("fk_waitlist_entry_county_id_institution"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_waitlist_entry")),
    )
    op.create_index(
        "uq_waitlist_entry_live",
        "waitlist_entry",
        ["county_id", "resident_id", "institution", "department"],
        unique=True,
        postgresql_where=sa.text("status IN ('waiting', 'offered')"),
    )
    op.create_index(
        "ix_waitlist_entry_waiting",
        "waitlist_entry",
        ["county_id", "institution", "department", "pool"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "clinician_leave",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_clinician_leave_days")),
        sa.ForeignKeyConstraint(
            ["county_id", "practitioner_id"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_clinician_leave_county_id_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "institution"],
            ["institution.county_id", "institution.code"],
            name=op.f("fk_clinician_leave_county_id_institution"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_clinician_leave")),
    )
    op.create_index(
        "ix_clinician_leave_practitioner", "clinician_leave", ["county_id", "practitioner_id", "until_on"]
    )
    op.add_column("schedule_session", sa.Column("stop_reason", sa.Text(), nullable=True))
    op.add_column("schedule_session", sa.Column("arrived", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("slot", sa.Column("stopped", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("appointment", sa.Column("wait_id", sa.Uuid(), nullable=True))
    op.add_column("appointment", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.add_column("appointment", sa.Column("over_reason", sa.Text(), nullable=True))
    op.add_column("appointment", sa.Column("queue_number", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_appointment_county_id_wait_id"),
        "appointment",
        "waitlist_entry",
        ["county_id", "wait_id"],
        ["county_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_appointment_county_id_replaces_id"),
        "appointment",
        "appointment",
        ["county_id", "replaces_id"],
        ["county_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_appointment_over_reason"), "appointment", "kind <> 'over_quota' OR over_reason IS NOT NULL"
    )
    _until("status NOT IN ('held', 'offered') OR held_until IS NOT NULL", "status IN ('held', 'offered')")
    for name in ("wait", "replaces"):
        op.create_index(
            f"uq_appointment_offer_{name}",
            "appointment",
            ["county_id", f"{name}_id"],
            unique=True,
            postgresql_where=sa.text("status = 'offered'"),
        )


def downgrade() -> None:
    for name in ("wait", "replaces"):
        op.drop_index(f"uq_appointment_offer_{name}", table_name="appointment")
    _until("status <> 'held' OR held_until IS NOT NULL", "status = 'held'")
    op.drop_constraint(op.f("ck_appointment_over_reason"), "appointment")
    op.drop_constraint(op.f("fk_appointment_county_id_replaces_id"), "appointment")
    op.drop_constraint(op.f("fk_appointment_county_id_wait_id"), "appointment")
    for name in ("queue_number", "over_reason", "replaces_id", "wait_id"):
        op.drop_column("appointment", name)
    op.drop_column("slot", "stopped")
    op.drop_column("schedule_session", "arrived")
    op.drop_column("schedule_session", "stop_reason")
    op.drop_table("clinician_leave")
    op.drop_table("waitlist_entry")


def _until(check: str, indexed: str) -> None:
    op.drop_constraint(op.f("ck_appointment_held_until"), "appointment")
    op.create_check_constraint(op.f("ck_appointment_held_until"), "appointment", check)
    op.drop_index("ix_appointment_held", table_name="appointment")
    op.create_index(
        "ix_appointment_held", "appointment", ["county_id", "held_until"], postgresql_where=sa.text(indexed)
    )

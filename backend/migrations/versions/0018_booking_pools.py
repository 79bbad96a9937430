"""booking pools: contract and general places, release, give-back, checkout holds, the desk's yes, limits."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_LIVE_BEFORE = sa.text("status IN ('booked', 'arrived')")
_LIVE = sa.text("status IN ('held', 'pending', 'booked', 'arrived')")
_AHEAD = sa.text("status IN ('held', 'pending', 'booked')")
_INDEXES = {
    "uq_appointment_live_slot": ["county_id", "slot_id", "resident_id"],
    "uq_appointment_live_referral": ["county_id", "referral_id"],
    "uq_appointment_live_day": ["county_id", "resident_id", "institution", "department", "day"],
}


def upgrade() -> None:
    op.add_column("schedule_session", sa.Column("kind", sa.Text(), server_default=sa.text("'clinic'"), nullable=False))
    op.add_column("slot", sa.Column("over", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("slot", sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("slot", sa.Column("gives_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("slot", sa.Column("given_back", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.drop_constraint(op.f("ck_slot_capacity"), "slot")
    op.create_check_constraint(op.f("ck_slot_capacity"), "slot", "0 <= taken AND taken <= capacity + over AND over >= 0")
    op.create_check_constraint(op.f("ck_slot_pool"), "slot", "pool IN ('referral', 'contract', 'general')")
    op.create_index("ix_slot_starts", "slot", ["county_id", "starts_at", "pool"])
    for name in ("held_until", "confirm_by"):
        op.add_column("appointment", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in ("seat", "proxy_seat"):
        op.add_column("appointment", sa.Column(name, sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_appointment_held_until"), "appointment", "status <> 'held' OR held_until IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_appointment_confirm_by"), "appointment", "status <> 'pending' OR confirm_by IS NOT NULL"
    )
    _live(_LIVE)
    held = sa.text("status = 'held'")
    op.create_index(
        "uq_appointment_hold", "appointment", ["county_id", "resident_id"], unique=True, postgresql_where=held
    )
    op.create_index("ix_appointment_held", "appointment", ["county_id", "held_until"], postgresql_where=held)
    op.create_index(
        "uq_appointment_seat",
        "appointment",
        ["county_id", "resident_id", "seat"],
        unique=True,
        postgresql_where=_AHEAD,
    )
    op.create_index(
        "uq_appointment_proxy_seat",
        "appointment",
        ["county_id", "booked_by", "proxy_seat"],
        unique=True,
        postgresql_where=_AHEAD,
    )
    op.create_index("ix_appointment_slot", "appointment", ["county_id", "slot_id"])


def downgrade() -> None:
    for name in ("ix_appointment_slot", "uq_appointment_proxy_seat", "uq_appointment_seat", "ix_appointment_held"):
        op.drop_index(name, table_name="appointment")
    op.drop_index("uq_appointment_hold", table_name="appointment")
    _live(_LIVE_BEFORE)
    op.drop_constraint(op.f("ck_appointment_confirm_by"), "appointment")
    op.drop_constraint(op.f("ck_appointment_held_until"), "appointment")
    for name in ("proxy_seat", "seat", "confirm_by", "held_until"):
        op.drop_column("appointment", name)
    op.drop_index("ix_slot_starts", table_name="slot")
    op.drop_constraint(op.f("ck_slot_pool"), "slot")
    op.drop_constraint(op.f("ck_slot_capacity"), "slot")
    op.create_check_constraint(op.f("ck_slot_capacity"), "slot", "0 <= taken AND taken <= capacity")
    for name in ("given_back", "gives_back_at", "opens_at", "over"):
        op.drop_column("slot", name)
    op.drop_column("schedule_session", "kind")


def _live(where: sa.TextClause) -> None:
    for name, columns in _INDEXES.items():
        op.drop_index(name, table_name="appointment")
        op.create_index(name, "appointment", columns, unique=True, postgresql_where=where)

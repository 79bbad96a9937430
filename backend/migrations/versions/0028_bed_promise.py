"""bed promise: priority, a wait with its day, a no with a way, and one bed for one person."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# As backend/records/bed_names.py folds a name: "12 床" for 12, 12床 and １２号.
_FOLDED = "upper(regexp_replace(normalize(bed, NFKC), '\\s', '', 'g'))"
_NUMBERED = r"'^([^床]*[0-9A-Z])(号床|床位|床|号)?$'"


def _fold(table: str) -> str:
    return (
        f"UPDATE {table} SET bed = CASE WHEN {_FOLDED} ~ {_NUMBERED}"  # noqa: S608  the table is one of two below
        f" THEN regexp_replace({_FOLDED}, {_NUMBERED}, '\\1 床') ELSE nullif({_FOLDED}, '') END WHERE bed IS NOT NULL"
    )


def upgrade() -> None:
    op.add_column("bed_request", sa.Column("priority", sa.Text(), server_default=sa.text("'routine'"), nullable=False))
    op.add_column("bed_request", sa.Column("kept_place", sa.Integer(), nullable=True))
    op.add_column("bed_request", sa.Column("expected_on", sa.Date(), nullable=True))
    op.add_column("bed_request", sa.Column("free_on", sa.Date(), nullable=True))
    op.add_column("bed_request", sa.Column("instead", sa.Text(), nullable=True))
    for table in ("stay", "bed_request"):
        op.execute(_fold(table))
    op.execute(
        """
        UPDATE bed_request SET priority = 'stat' FROM referral
        WHERE referral.county_id = bed_request.county_id AND referral.id = bed_request.referral_id
          AND referral.emergency
        """
    )
    # Who was told no without a way out is told to ask that house again.
    op.execute("UPDATE bed_request SET instead = institution WHERE status = 'declined'")
    # Two people with one bed: it is the first one's, the other is asked about anew.
    op.execute(
        """
        UPDATE bed_request SET status = 'asked', bed = NULL, version = version + 1 FROM (
            SELECT county_id, id, row_number() OVER (
                PARTITION BY county_id, institution, department, bed ORDER BY answered_at, id) AS place
            FROM bed_request WHERE status = 'held') AS kept
        WHERE kept.place > 1 AND bed_request.county_id = kept.county_id AND bed_request.id = kept.id
        """
    )
    # Of the beds the packs keep, those that are given already; more than those are a doctor's word.
    op.execute(
        """
        UPDATE bed_request SET kept_place = kept.place FROM (
            SELECT county_id, id, row_number() OVER (
                PARTITION BY county_id, institution, department ORDER BY answered_at, id) AS place
            FROM bed_request WHERE status = 'held') AS kept
        WHERE bed_request.county_id = kept.county_id AND bed_request.id = kept.id
        """
    )
    op.drop_index("uq_bed_request_live", table_name="bed_request")
    op.create_index(
        "uq_bed_request_live",
        "bed_request",
        ["county_id", "referral_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('asked', 'passed_on', 'waiting', 'proposed', 'held')"),
    )
    op.create_index(
        "uq_bed_request_bed",
        "bed_request",
        ["county_id", "institution", "department", "bed"],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'held')"),
    )
    op.create_index(
        "uq_bed_request_kept",
        "bed_request",
        ["county_id", "institution", "department", "kept_place"],
        unique=True,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.drop_constraint(op.f("ck_bed_request_bed_named"), "bed_request", type_="check")
    for name, holds in (
        ("bed_named", "status NOT IN ('proposed', 'held', 'used') OR bed IS NOT NULL"),
        ("expected", "status <> 'waiting' OR expected_on IS NOT NULL"),
        ("another_way", "status <> 'declined' OR free_on IS NOT NULL OR instead IS NOT NULL"),
        ("priority", "priority IN ('stat', 'urgent', 'routine')"),
    ):
        op.create_check_constraint(op.f(f"ck_bed_request_{name}"), "bed_request", holds)


def downgrade() -> None:
    for name in ("priority", "another_way", "expected", "bed_named"):
        op.drop_constraint(op.f(f"ck_bed_request_{name}"), "bed_request", type_="check")
    op.create_check_constraint(
        op.f("ck_bed_request_bed_named"), "bed_request", "status NOT IN ('held', 'used') OR bed IS NOT NULL"
    )
    for name in ("kept", "bed", "live"):
        op.drop_index(f"uq_bed_request_{name}", table_name="bed_request")
    op.execute("UPDATE bed_request SET status = 'asked', bed = NULL WHERE status IN ('waiting', 'proposed')")
    op.create_index(
        "uq_bed_request_live",
        "bed_request",
        ["county_id", "referral_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('asked', 'passed_on', 'held')"),
    )
    for column in ("instead", "free_on", "expected_on", "kept_place", "priority"):
        op.drop_column("bed_request", column)

"""helped words: written authorities, who signs for somebody without a phone, and a no that staff heard."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "written_authority",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("focus_id", sa.Uuid(), nullable=True),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("giver_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("giver_relation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("holder_paper", sa.Text(), nullable=False),
        sa.Column("holder_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("related_id", sa.Uuid(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("paper_file_id", sa.Uuid(), nullable=True),
        sa.Column("witness", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_witness", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint("matter IN ('referral', 'contract')", name=op.f("ck_written_authority_matter")),
        sa.CheckConstraint("given_by IN ('self', 'guardian')", name=op.f("ck_written_authority_given_by")),
        sa.CheckConstraint(
            "given_by = 'self' OR (giver_name <> '' AND giver_relation <> '')", name=op.f("ck_written_authority_giver")
        ),
        sa.CheckConstraint("holder_name <> '' AND relation <> ''", name=op.f("ck_written_authority_holder")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_written_authority_term")),
        sa.CheckConstraint("paper_file_id IS NOT NULL OR witness <> ''", name=op.f("ck_written_authority_proof")),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_written_authority_ended")),
        sa.CheckConstraint("end_reason IN ('patient', 'died')", name=op.f("ck_written_authority_end_reason")),
        sa.ForeignKeyConstraint(
            ["county_id", "resident_id"],
            ["resident.county_id", "resident.id"],
            name=op.f("fk_written_authority_county_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "practitioner_id"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_written_authority_county_id_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "related_id"],
            ["related_person.county_id", "related_person.id"],
            name=op.f("fk_written_authority_county_id_related_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_written_authority")),
    )
    op.create_index(
        "ix_written_authority_resident",
        "written_authority",
        ["county_id", "resident_id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    # Nothing ever wrote these two: the paper has a table of its own.
    op.drop_column("related_person", "written_authority")
    op.drop_column("referral_consent", "authority_file_id")
    op.add_column("referral_consent", sa.Column("authority_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_referral_consent_county_id_authority_id"),
        "referral_consent",
        "written_authority",
        ["county_id", "authority_id"],
        ["county_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_referral_consent_authority"),
        "referral_consent",
        "given_by <> 'authorised' OR authority_id IS NOT NULL",
    )
    op.add_column(
        "referral_consent", sa.Column("identity_known", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_table(
        "referral_withdrawal",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("identity_known", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("interpreter", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("liandong_now()"), nullable=False),
        sa.CheckConstraint(
            "said_by IN ('self', 'guardian', 'authorised', 'relative')", name=op.f("ck_referral_withdrawal_said_by")
        ),
        sa.CheckConstraint("how IN ('in_person', 'phone')", name=op.f("ck_referral_withdrawal_how")),
        sa.CheckConstraint("witness <> '' AND language <> ''", name=op.f("ck_referral_withdrawal_witnessed")),
        sa.ForeignKeyConstraint(
            ["county_id", "referral_id"],
            ["referral.county_id", "referral.id"],
            name=op.f("fk_referral_withdrawal_county_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "practitioner_id"],
            ["practitioner.county_id", "practitioner.id"],
            name=op.f("fk_referral_withdrawal_county_id_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "authority_id"],
            ["written_authority.county_id", "written_authority.id"],
            name=op.f("fk_referral_withdrawal_county_id_authority_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_referral_withdrawal")),
    )
    op.create_index(
        "uq_referral_withdrawal_referral", "referral_withdrawal", ["county_id", "referral_id"], unique=True
    )


def downgrade() -> None:
    op.drop_table("referral_withdrawal")
    op.drop_column("referral_consent", "identity_known")
    op.drop_column("referral_consent", "authority_id")
    op.add_column("referral_consent", sa.Column("authority_file_id", sa.Uuid(), nullable=True))
    op.add_column("related_person", sa.Column("written_authority", sa.Uuid(), nullable=True))
    op.drop_table("written_authority")

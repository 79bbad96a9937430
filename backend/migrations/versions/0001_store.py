"""store."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.store.audit import GUARD, UNGUARD
from backend.store.clock import CREATE_NOW, DROP_NOW

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Domain time comes first: every other table's created_at asks it.
    op.create_table('domain_clock',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('ahead', sa.Interval(), server_default=sa.text("interval '0'"), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_domain_clock_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_domain_clock'))
    )
    op.execute("INSERT INTO domain_clock (id) VALUES (1)")
    op.execute(CREATE_NOW)
    op.create_table('audit_batch',
    sa.Column('county_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('horizon', sa.BigInteger(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('liandong_now()'), nullable=False),
    sa.PrimaryKeyConstraint('county_id', 'id', name=op.f('pk_audit_batch'))
    )
    op.create_table('audit_event',
    sa.Column('county_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('transaction_id', sa.BigInteger(), server_default=sa.text('(pg_current_xact_id()::text)::bigint'), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('acting_for', sa.Uuid(), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=True),
    sa.Column('resident_id', sa.Uuid(), nullable=True),
    sa.Column('from_status', sa.Text(), nullable=True),
    sa.Column('to_status', sa.Text(), nullable=True),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('machine_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('liandong_now()'), nullable=False),
    sa.PrimaryKeyConstraint('county_id', 'id', name=op.f('pk_audit_event'))
    )
    op.create_index('ix_audit_event_entity', 'audit_event', ['county_id', 'entity', 'entity_id'], unique=False)
    op.create_index('ix_audit_event_horizon', 'audit_event', ['county_id', 'transaction_id', 'sequence'], unique=False)
    op.create_index('ix_audit_event_resident', 'audit_event', ['county_id', 'resident_id', 'sequence'], unique=False)
    op.create_table('idempotency',
    sa.Column('county_id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('body_hash', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('county_id', 'account_id', 'key', name=op.f('pk_idempotency'))
    )
    op.create_table('live_ticket',
    sa.Column('county_id', sa.Text(), nullable=False),
    sa.Column('ticket_hash', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('topics', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('county_id', 'ticket_hash', name=op.f('pk_live_ticket'))
    )
    op.create_table('outbox',
    sa.Column('county_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('dedupe_key', sa.Text(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.Text(), server_default=sa.text("'due'"), nullable=False),
    sa.Column('run_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('liandong_now()'), nullable=False),
    sa.PrimaryKeyConstraint('county_id', 'id', name=op.f('pk_outbox'))
    )
    op.create_index('ix_outbox_due', 'outbox', ['run_at', 'id'], unique=False, postgresql_where=sa.text("status IN ('due', 'leased')"))
    op.create_index('uq_outbox_dedupe', 'outbox', ['county_id', 'dedupe_key'], unique=True)
    op.create_table('stored_file',
    sa.Column('county_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('resident_id', sa.Uuid(), nullable=True),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.LargeBinary(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('liandong_now()'), nullable=False),
    sa.PrimaryKeyConstraint('county_id', 'id', name=op.f('pk_stored_file'))
    )
    op.create_table('vault_key',
    sa.Column('county_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('master_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('liandong_now()'), nullable=False),
    sa.PrimaryKeyConstraint('county_id', 'id', name=op.f('pk_vault_key'))
    )
    for statement in GUARD:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNGUARD:
        op.execute(statement)
    op.drop_table('vault_key')
    op.drop_table('stored_file')
    op.drop_index('uq_outbox_dedupe', table_name='outbox')
    op.drop_index('ix_outbox_due', table_name='outbox', postgresql_where=sa.text("status IN ('due', 'leased')"))
    op.drop_table('outbox')
    op.drop_table('live_ticket')
    op.drop_table('idempotency')
    op.drop_index('ix_audit_event_resident', table_name='audit_event')
    op.drop_index('ix_audit_event_horizon', table_name='audit_event')
    op.drop_index('ix_audit_event_entity', table_name='audit_event')
    op.drop_table('audit_event')
    op.drop_table('audit_batch')
    op.execute(DROP_NOW)
    op.drop_table('domain_clock')

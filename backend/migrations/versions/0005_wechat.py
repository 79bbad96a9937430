"""The ledger of WeChat credits, and the memory of pushes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('subscribe_credit',
    sa.Column('county_id', sa.Text(), nullable=False),
    sa.Column('openid_index', sa.LargeBinary(), nullable=False),
    sa.Column('template_id', sa.Text(), nullable=False),
    sa.Column('remaining', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('long_term', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('confirmed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('remaining BETWEEN 0 AND 1000', name=op.f('ck_subscribe_credit_remaining')),
    sa.PrimaryKeyConstraint('county_id', 'openid_index', 'template_id', name=op.f('pk_subscribe_credit'))
    )
    op.create_table('wechat_push',
    sa.Column('county_id', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('heard_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('county_id', 'key', name=op.f('pk_wechat_push'))
    )
    op.create_index('ix_wechat_push_heard', 'wechat_push', ['county_id', 'heard_at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_wechat_push_heard', table_name='wechat_push')
    op.drop_table('wechat_push')
    op.drop_table('subscribe_credit')

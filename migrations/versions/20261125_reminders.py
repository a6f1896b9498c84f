"""reminders of returns

Revision ID: 20261125car1
Revises: 20261124cri1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125car1"
down_revision = "20261124cri1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for name in ("carrier_return", "carrier_return_history"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column("reminders", sa.Integer(), nullable=False, server_default="0")
            )
            batch_op.add_column(sa.Column("reminded_on", sa.Date(), nullable=True))
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.alter_column("reminders", server_default=None)


def downgrade() -> None:
    """Undo."""
    for name in ("carrier_return_history", "carrier_return"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column("reminded_on")
            batch_op.drop_column("reminders")

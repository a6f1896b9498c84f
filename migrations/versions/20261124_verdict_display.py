"""how a verdict is shown

Revision ID: 20261124cri1
Revises: 20261124reg1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124cri1"
down_revision = "20261124reg1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("display", sa.String(length=16), nullable=False, server_default="unknown")
        )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.alter_column("display", server_default=None)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_column("display")

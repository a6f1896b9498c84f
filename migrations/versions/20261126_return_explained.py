"""why figures of a return that do not agree are right

Revision ID: 20261126exp1
Revises: 20261126fcr2
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126exp1"
down_revision = "20261126fcr2"
branch_labels = None
depends_on = None

TABLES = ("carrier_return", "carrier_return_history")


def upgrade() -> None:
    """Apply. Both engines add and drop a column in place; others refer to the table."""
    for table in TABLES:
        op.add_column(table, sa.Column("explained", sa.String(length=300), nullable=True))


def downgrade() -> None:
    """Take back."""
    for table in reversed(TABLES):
        op.drop_column(table, "explained")

"""day on which a recognition was issued anew in a new name

Revision ID: 20261127ris1
Revises: 20261127bla1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127ris1"
down_revision = "20261127bla1"
branch_labels = None
depends_on = None

TABLES = ("milestone", "milestone_history")


def upgrade() -> None:
    """Apply. Both engines add and drop a column in place; others refer to the table."""
    for table in TABLES:
        op.add_column(table, sa.Column("reissued_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take back."""
    for table in reversed(TABLES):
        op.drop_column(table, "reissued_on")

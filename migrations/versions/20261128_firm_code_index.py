"""an index on the codes of all firms, merged ones too

Revision ID: 20261128cod1
Revises: 20261127han1
"""

from __future__ import annotations

from alembic import op

revision = "20261128cod1"
down_revision = "20261127han1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_firm_code", "firm", ["code"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_firm_code", "firm")

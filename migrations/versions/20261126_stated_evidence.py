"""evidence of what was stated

Revision ID: 20261126sev1
Revises: 20261125sta1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126sev1"
down_revision = "20261125sta1"
branch_labels = None
depends_on = None


def _column() -> sa.Column[int]:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("stated_id", whole, nullable=True)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(_column())
        batch_op.create_index(batch_op.f("ix_evidence_stated_id"), ["stated_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_stated_id"), "stated_figure", ["stated_id"], ["id"]
        )
    with op.batch_alter_table("evidence_history", schema=None) as batch_op:
        batch_op.add_column(_column())


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("evidence_history", schema=None) as batch_op:
        batch_op.drop_column("stated_id")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_evidence_stated_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_evidence_stated_id"))
        batch_op.drop_column("stated_id")

"""evidence of what a carrier stated

Revision ID: 20261126cev1
Revises: 20261126fcr1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126cev1"
down_revision = "20261126fcr1"
branch_labels = None
depends_on = None

NAME = "carrier_stated_id"


def _column() -> sa.Column[int]:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(NAME, whole, nullable=True)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(_column())
        batch_op.create_index(batch_op.f(f"ix_evidence_{NAME}"), [NAME], unique=False)
        batch_op.create_foreign_key(
            batch_op.f(f"fk_evidence_{NAME}"), "carrier_stated", [NAME], ["id"]
        )
    with op.batch_alter_table("evidence_history", schema=None) as batch_op:
        batch_op.add_column(_column())


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("evidence_history", schema=None) as batch_op:
        batch_op.drop_column(NAME)
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"fk_evidence_{NAME}"), type_="foreignkey")
        batch_op.drop_index(batch_op.f(f"ix_evidence_{NAME}"))
        batch_op.drop_column(NAME)

"""papers of returns, remarks on figures

Revision ID: 20261124reg1
Revises: c5cfc2aff363
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124reg1"
down_revision = "c5cfc2aff363"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.create_index(batch_op.f("ix_evidence_return_id"), ["return_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_return_id"), "carrier_return", ["return_id"], ["id"]
        )

    with op.batch_alter_table("evidence_history", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )

    with op.batch_alter_table("figures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("remark", sa.String(length=200), nullable=True))

    with op.batch_alter_table("figures_history", schema=None) as batch_op:
        batch_op.add_column(sa.Column("remark", sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("figures_history", schema=None) as batch_op:
        batch_op.drop_column("remark")

    with op.batch_alter_table("figures", schema=None) as batch_op:
        batch_op.drop_column("remark")

    with op.batch_alter_table("evidence_history", schema=None) as batch_op:
        batch_op.drop_column("return_id")

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_evidence_return_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_evidence_return_id"))
        batch_op.drop_column("return_id")

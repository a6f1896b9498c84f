"""answers to writes of programs, kept for requests that are sent again

Revision ID: 20261126kep1
Revises: 20261126imp1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126kep1"
down_revision = "20261126imp1"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "kept_answer",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("token_id", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("shown_rev", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_kept_answer_token_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answer")),
    )
    op.create_index("uq_kept_answer", "kept_answer", ["token_id", "name"], unique=True)
    op.create_index(op.f("ix_kept_answer_at"), "kept_answer", ["at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_kept_answer_at"), table_name="kept_answer")
    op.drop_index("uq_kept_answer", table_name="kept_answer")
    op.drop_table("kept_answer")

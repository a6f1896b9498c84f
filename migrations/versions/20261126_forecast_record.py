"""how forecasts of earlier days did

Revision ID: 20261126fcr1
Revises: 20261126sev1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126fcr1"
down_revision = "20261126sev1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "forecast_record",
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("few", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("method", name=op.f("pk_forecast_record")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("forecast_record")

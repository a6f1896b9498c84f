"""forecasts are recorded rule by rule

Revision ID: 20261126fcr2
Revises: 20261126tok1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126fcr2"
down_revision = "20261126tok1"
branch_labels = None
depends_on = None

TABLE = "forecast_record"
SHORT, LONG = 16, 60


def upgrade() -> None:
    """Apply."""
    _widen(SHORT, LONG)


def downgrade() -> None:
    """Take back; what is kept of rules is counted again at any time."""
    table = sa.table(TABLE, sa.column("method"))
    op.execute(sa.delete(table).where(sa.func.length(table.c.method) > SHORT))
    _widen(LONG, SHORT)


def _widen(before: int, after: int) -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.alter_column(
            "method",
            existing_type=sa.String(length=before),
            type_=sa.String(length=after),
            existing_nullable=False,
        )

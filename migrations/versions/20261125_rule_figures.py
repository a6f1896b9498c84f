"""figures that further rules ask for

Revision ID: 20261125rul1
Revises: 20261125xch1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125rul1"
down_revision = "20261125xch1"
branch_labels = None
depends_on = None

LIMIT = 10**14
MONEY, COUNTS = ("rd_internal", "rd_contracted"), ("staff_rd_end", "transformed")


def upgrade() -> None:
    """Apply. Evidence points to figures: on SQLite that table cannot be written anew under it."""
    kinds = dict.fromkeys(MONEY, "BIGINT") | dict.fromkeys(COUNTS, "INTEGER")
    for name, kind in kinds.items():
        check = ""
        if name in MONEY:
            rule = op.f(f"ck_figures_{name}_bound")
            check = f" CONSTRAINT {rule} CHECK ({name} >= 0 AND {name} <= {LIMIT})"
        op.execute(f"ALTER TABLE figures ADD COLUMN {name} {kind}{check}")
    with op.batch_alter_table("figures_history", schema=None) as batch_op:
        for name in kinds:
            kept = sa.BigInteger() if name in MONEY else sa.Integer()
            batch_op.add_column(sa.Column(name, kept, nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("figures_history", schema=None) as batch_op:
        for name in (*MONEY, *COUNTS):
            batch_op.drop_column(name)
    for name in (*MONEY, *COUNTS):
        op.execute(f"ALTER TABLE figures DROP COLUMN {name}")

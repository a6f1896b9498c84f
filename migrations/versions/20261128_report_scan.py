"""reports signed on paper: who signed, and the scan

Revision ID: 20261128rsc1
Revises: 20261128cit1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from app.core.db.downgrades import refuse_held

revision = "20261128rsc1"
down_revision = "20261128cit1"
branch_labels = None
depends_on = None

#: column → its length
COLUMNS = {"paper_signer": 60, "paper_sha256": 64, "paper_name": 160, "paper_type": 80}
CHECK, RULE = "ck_report_paper", "(paper_signer IS NULL) = (paper_sha256 IS NULL)"


def upgrade() -> None:
    """Apply. On SQLite a check can only come with a column."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, length in COLUMNS.items():
        op.add_column("report_history", sa.Column(name, sa.String(length), nullable=True))
        if postgresql or name != "paper_sha256":
            op.add_column("report", sa.Column(name, sa.String(length), nullable=True))
        else:
            op.execute(
                f"ALTER TABLE report ADD COLUMN {name} VARCHAR({length}) "
                f"CONSTRAINT {CHECK} CHECK ({RULE})"
            )
    if postgresql:
        op.create_check_constraint(op.f(CHECK), "report", RULE)


def downgrade() -> None:
    """Take back; the check goes with its column.

    Papers are sealed with their revisions: a database that holds any keeps this version.
    """
    if not context.is_offline_mode():
        refuse_held(op.get_bind(), revision, "report", "report_history", column="paper_signer")
    for name in reversed(COLUMNS):
        op.execute(f"ALTER TABLE report DROP COLUMN {name}")
        op.drop_column("report_history", name)

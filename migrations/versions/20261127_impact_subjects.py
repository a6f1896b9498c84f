"""forecasts of approvals for standards about carriers as well

Revision ID: 20261127sub1
Revises: 20261127ris1
"""

from __future__ import annotations

from alembic import op

revision = "20261127sub1"
down_revision = "20261127ris1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.alter_column("impact_line", "firm_id", new_column_name="subject_id")


def downgrade() -> None:
    """Undo. What was foretold of carriers has no place there."""
    op.execute(
        "DELETE FROM impact_line WHERE record_id IN (SELECT impact_record.id FROM impact_record"
        " JOIN standard ON standard.id = impact_record.standard_id"
        " WHERE standard.subject <> 'firm')"
    )
    op.alter_column("impact_line", "subject_id", new_column_name="firm_id")

"""requests to take over a firm that end by themselves

Revision ID: 20261125req1
Revises: 20261125chn1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125req1"
down_revision = "20261125chn1"
branch_labels = None
depends_on = None

STATES = ("open", "agreed", "refused", "decided", "withdrawn")


def _states(codes: tuple[str, ...]) -> None:
    name = op.f("ck_transfer_request_state_code")
    listed = ", ".join(f"'{code}'" for code in codes)
    with op.batch_alter_table("transfer_request", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"state IN ({listed})")


def upgrade() -> None:
    """Apply."""
    for table in ("transfer_request", "transfer_request_history"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("end_reason", sa.String(length=24), nullable=True))
    _states((*STATES, "ended"))


def downgrade() -> None:
    """Undo: what ended by itself counts as taken back."""
    op.execute("UPDATE transfer_request SET state = 'withdrawn' WHERE state = 'ended'")
    _states(STATES)
    for table in ("transfer_request_history", "transfer_request"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("end_reason")

"""reminders of returns

Revision ID: 20261125car1
Revises: 20261124cri1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125car1"
down_revision = "20261124cri1"
branch_labels = None
depends_on = None


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "return_reminder_history",
        sa.Column("return_id", key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", key(), nullable=True),
        sa.Column("id", key(), autoincrement=False, nullable=False),
        sa.Column("rev", key(), autoincrement=False, nullable=False),
        sa.Column("rev_to", key(), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f("pk_return_reminder_history")),
    )
    with op.batch_alter_table("return_reminder_history", schema=None) as batch_op:
        batch_op.create_index("ix_return_reminder_history_rev", ["rev"], unique=False)
        batch_op.create_index("ix_return_reminder_history_rev_to", ["rev_to"], unique=False)
    op.create_table(
        "return_reminder",
        sa.Column("return_id", key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", key(), nullable=True),
        sa.Column("id", key(), nullable=False),
        sa.Column("rev", key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_return_reminder_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["carrier_return.id"], name=op.f("fk_return_reminder_return_id")
        ),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f("fk_return_reminder_rev")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_reminder")),
    )
    with op.batch_alter_table("return_reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_reminder_rev"), ["rev"], unique=False)
        batch_op.create_index("uq_return_reminder", ["return_id", "day"], unique=True)


def downgrade() -> None:
    """Undo."""
    op.drop_table("return_reminder")
    op.drop_table("return_reminder_history")

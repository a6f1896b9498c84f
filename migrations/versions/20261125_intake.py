"""uploads that wait to be written

Revision ID: 20261125xch1
Revises: 20261125req1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125xch1"
down_revision = "20261125req1"
branch_labels = None
depends_on = None


def key() -> sa.types.TypeEngine[int]:
    """The type of ids."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "intake",
        sa.Column("id", key(), nullable=False),
        sa.Column("person_id", key(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("edits", sa.Text(), nullable=False),
        sa.Column("revs", sa.Text(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("pid", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'dropped', 'undone')", name=op.f("ck_intake_state_code")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_intake_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("pid", name=op.f("uq_intake_pid")),
    )
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intake_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("intake")

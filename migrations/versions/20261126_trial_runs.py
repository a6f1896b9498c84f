"""saved runs of 标准调整测算

Revision ID: 20261126tri1
Revises: 20261126chk1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126tri1"
down_revision = "20261126chk1"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "trial_run",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("author_id", NUMBER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("standard_id", NUMBER, nullable=False),
        sa.Column("boxes", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("gained", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("undecided", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.BigInteger(), nullable=False),
        sa.Column("bare", sa.Integer(), nullable=False),
        sa.Column("pid", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_trial_run_author_id")),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.id"], name=op.f("fk_trial_run_standard_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_run")),
        sa.UniqueConstraint("pid", name=op.f("uq_trial_run_pid")),
    )
    op.create_index(op.f("ix_trial_run_rule"), "trial_run", ["rule"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_trial_run_rule"), table_name="trial_run")
    op.drop_table("trial_run")

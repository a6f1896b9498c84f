"""what carriers state of themselves

Revision ID: 20261125sta1
Revises: 20261125rul1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125sta1"
down_revision = "20261125rul1"
branch_labels = None
depends_on = None

LEVELS = "'self', 'carrier', 'district', 'list'"


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def columns() -> list[sa.Column[object]]:
    """What both tables hold."""
    return [
        sa.Column("carrier_id", key(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("verification", sa.String(length=24), nullable=False),
    ]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "carrier_stated_history",
        *columns(),
        sa.Column("id", key(), autoincrement=False, nullable=False),
        sa.Column("rev", key(), autoincrement=False, nullable=False),
        sa.Column("rev_to", key(), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f("pk_carrier_stated_history")),
    )
    with op.batch_alter_table("carrier_stated_history", schema=None) as batch_op:
        batch_op.create_index("ix_carrier_stated_history_rev", ["rev"], unique=False)
        batch_op.create_index("ix_carrier_stated_history_rev_to", ["rev_to"], unique=False)
    op.create_table(
        "carrier_stated",
        *columns(),
        sa.Column("id", key(), nullable=False),
        sa.Column("rev", key(), nullable=False),
        sa.CheckConstraint(
            "high IS NULL OR low IS NULL OR high >= low", name=op.f("ck_carrier_stated_range")
        ),
        sa.CheckConstraint("until > day", name=op.f("ck_carrier_stated_days")),
        sa.CheckConstraint(
            f"verification IN ({LEVELS})", name=op.f("ck_carrier_stated_verification_code")
        ),
        sa.ForeignKeyConstraint(
            ["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_stated_carrier_id")
        ),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f("fk_carrier_stated_rev")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_stated")),
    )
    with op.batch_alter_table("carrier_stated", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carrier_stated_rev"), ["rev"], unique=False)
        batch_op.create_index("uq_carrier_stated", ["carrier_id", "key", "day"], unique=True)


def downgrade() -> None:
    """Undo."""
    op.drop_table("carrier_stated")
    op.drop_table("carrier_stated_history")

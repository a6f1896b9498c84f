"""what approved versions were foretold to change

Revision ID: 20261126imp1
Revises: 20261126exp1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126imp1"
down_revision = "20261126exp1"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "impact_record",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("standard_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("round", sa.String(length=40), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("cut", sa.BigInteger(), nullable=False),
        sa.Column("first_cut", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.id"], name=op.f("fk_impact_record_standard_id")
        ),
        sa.ForeignKeyConstraint(
            ["before_id"], ["standard.id"], name=op.f("fk_impact_record_before_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_record")),
    )
    op.create_index(
        "uq_impact_record_line", "impact_record", ["standard_id", "number"], unique=True
    )
    op.create_table(
        "impact_line",
        sa.Column("record_id", NUMBER, nullable=False),
        sa.Column("firm_id", NUMBER, nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("first", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["impact_record.id"], name=op.f("fk_impact_line_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "firm_id", name=op.f("pk_impact_line")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("impact_line")
    op.drop_index("uq_impact_record_line", table_name="impact_record")
    op.drop_table("impact_record")

"""figures with a number to be cited by

Revision ID: 20261128cit1
Revises: 20261128clr1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261128cit1"
down_revision = "20261128clr1"
branch_labels = None
depends_on = None


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def columns() -> list[sa.Column[object]]:
    """Columns of a citation, before id and rev."""
    return [
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_by", key(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
    ]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "citation_history",
        *columns(),
        sa.Column("id", key(), autoincrement=False, nullable=False),
        sa.Column("rev", key(), autoincrement=False, nullable=False),
        sa.Column("rev_to", key(), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f("pk_citation_history")),
    )
    for name in ("rev", "rev_to"):
        op.create_index(f"ix_citation_history_{name}", "citation_history", [name])
    op.create_table(
        "citation",
        *columns(),
        sa.Column("id", key(), nullable=False),
        sa.Column("rev", key(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_citation_made_by")),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f("fk_citation_rev")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citation")),
        sa.UniqueConstraint("question", name=op.f("uq_citation_question")),
    )
    op.create_index(op.f("ix_citation_rev"), "citation", ["rev"])
    op.create_index("uq_citation_number", "citation", ["year", "serial"], unique=True)


def downgrade() -> None:
    """Undo."""
    op.drop_table("citation")
    op.drop_table("citation_history")

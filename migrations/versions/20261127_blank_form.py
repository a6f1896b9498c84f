"""blank forms of superiors with the maps of their cells

Revision ID: 20261127bla1
Revises: 20261126kep1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127bla1"
down_revision = "20261126kep1"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "blank_form",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("series", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("money", sa.String(length=8), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pid", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_blank_form_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blank_form")),
        sa.UniqueConstraint("pid", name=op.f("uq_blank_form_pid")),
    )
    op.create_index("uq_blank_form", "blank_form", ["series", "number"], unique=True)


def downgrade() -> None:
    """Undo."""
    op.drop_index("uq_blank_form", table_name="blank_form")
    op.drop_table("blank_form")

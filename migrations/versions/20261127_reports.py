"""numbered reports and what they froze

Revision ID: 20261127rep1
Revises: 20261127sub1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127rep1"
down_revision = "20261127sub1"
branch_labels = None
depends_on = None


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def report_columns() -> list[sa.Column[object]]:
    """Columns of a report, before id and rev."""
    return [
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("cut", key(), nullable=False),
        sa.Column("made_by", key(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("signed_by", key(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pid", sa.String(length=12), nullable=False),
    ]


def body_columns() -> list[sa.Column[object]]:
    """Columns of what a report froze, before id and rev."""
    return [
        sa.Column("report_id", key(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    ]


def history(table: str, columns: list[sa.Column[object]]) -> None:
    """The table of former versions."""
    name = f"{table}_history"
    op.create_table(
        name,
        *columns,
        sa.Column("id", key(), autoincrement=False, nullable=False),
        sa.Column("rev", key(), autoincrement=False, nullable=False),
        sa.Column("rev_to", key(), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_rev", name, ["rev"])
    op.create_index(f"ix_{name}_rev_to", name, ["rev_to"])


def recorded(table: str, columns: list[sa.Column[object]], *more: sa.Constraint) -> None:
    """A table on both clocks."""
    op.create_table(
        table,
        *columns,
        sa.Column("id", key(), nullable=False),
        sa.Column("rev", key(), nullable=False),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f(f"fk_{table}_rev")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *more,
    )
    op.create_index(op.f(f"ix_{table}_rev"), table, ["rev"])


def upgrade() -> None:
    """Apply."""
    history("report", report_columns())
    history("report_body", body_columns())
    people = [
        sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_report_{name}"))
        for name in ("made_by", "signed_by")
    ]
    recorded(
        "report",
        report_columns(),
        *people,
        sa.CheckConstraint(
            "state IN ('pending', 'issued', 'returned')", name=op.f("ck_report_state_code")
        ),
        sa.UniqueConstraint("pid", name=op.f("uq_report_pid")),
    )
    op.create_index("ix_report_state", "report", ["state"])
    op.create_index("uq_report_number", "report", ["year", "serial"], unique=True)
    recorded(
        "report_body",
        body_columns(),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_body_report_id")
        ),
        sa.UniqueConstraint("report_id", name=op.f("uq_report_body_report_id")),
    )


def downgrade() -> None:
    """Undo."""
    for name in ("report_body", "report"):
        op.drop_table(name)
        op.drop_table(f"{name}_history")

"""sheets handed on with firms, and what they froze

Revision ID: 20261127han1
Revises: 20261127dem1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127han1"
down_revision = "20261127dem1"
branch_labels = None
depends_on = None

STATES = ("sent", "confirmed", "remarked", "replaced", "withdrawn")
STANDS = sa.text("state IN ('sent', 'confirmed', 'remarked')")


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def sheet_columns() -> list[sa.Column[object]]:
    """Columns of a sheet, before id and rev."""
    return [
        sa.Column("firm_id", key(), nullable=False),
        sa.Column("from_id", key(), nullable=False),
        sa.Column("to_id", key(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_by", key(), nullable=True),
        sa.Column("replaces_id", key(), nullable=True),
        sa.Column("cut", key(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", key(), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column("pid", sa.String(length=12), nullable=False),
    ]


def body_columns() -> list[sa.Column[object]]:
    """Columns of what a sheet froze, before id and rev."""
    return [
        sa.Column("handover_id", key(), nullable=False),
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
    history("handover", sheet_columns())
    history("handover_body", body_columns())
    listed = ", ".join(f"'{state}'" for state in STATES)
    ends = [("firm_id", "firm.id"), ("replaces_id", "handover.id")]
    ends += [(name, "carrier.id") for name in ("from_id", "to_id")]
    ends += [(name, "person.id") for name in ("sent_by", "answered_by")]
    recorded(
        "handover",
        sheet_columns(),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_handover_ends")),
        sa.CheckConstraint(f"state IN ({listed})", name=op.f("ck_handover_state_code")),
        *(
            sa.ForeignKeyConstraint([name], [end], name=op.f(f"fk_handover_{name}"))
            for name, end in ends
        ),
        sa.UniqueConstraint("pid", name=op.f("uq_handover_pid")),
    )
    for name in ("firm_id", "from_id", "state", "to_id"):
        op.create_index(f"ix_handover_{name}", "handover", [name])
    op.create_index("uq_handover_number", "handover", ["year", "serial"], unique=True)
    op.create_index(
        "uq_handover_standing", "handover", ["firm_id", "from_id", "to_id"], unique=True,
        sqlite_where=STANDS, postgresql_where=STANDS,
    )  # fmt: skip
    recorded(
        "handover_body",
        body_columns(),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_handover_body_handover_id")
        ),
        sa.UniqueConstraint("handover_id", name=op.f("uq_handover_body_handover_id")),
    )


def downgrade() -> None:
    """Undo."""
    for name in ("handover_body", "handover"):
        op.drop_table(name)
        op.drop_table(f"{name}_history")

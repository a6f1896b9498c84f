"""mediations of claims, and the opinions of the district

Revision ID: 20261127med1
Revises: 20261127uni1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127med1"
down_revision = "20261127uni1"
branch_labels = None
depends_on = None

STATES = ("asked", "advised", "again", "readvised", "withdrawn", "ended")
LIVE = sa.text("state IN ('asked', 'advised', 'again', 'readvised')")


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def mediation_columns() -> list[sa.Column[object]]:
    """Columns of a mediation, before id and rev."""
    return [
        sa.Column("firm_id", key(), nullable=False),
        sa.Column("host_id", key(), nullable=True),
        sa.Column("asked_by_id", key(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("wish", sa.String(length=300), nullable=True),
        sa.Column("wish_on", sa.Date(), nullable=True),
        sa.Column("again_by_id", key(), nullable=True),
        sa.Column("again_on", sa.Date(), nullable=True),
        sa.Column("again_reason", sa.String(length=200), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=24), nullable=True),
        sa.Column("pid", sa.String(length=12), nullable=False),
    ]


def opinion_columns() -> list[sa.Column[object]]:
    """Columns of an opinion, before id and rev."""
    return [
        sa.Column("mediation_id", key(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("author_id", key(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sides", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
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
    history("mediation", mediation_columns())
    history("mediation_opinion", opinion_columns())
    listed = ", ".join(f"'{state}'" for state in STATES)
    ends = [("firm_id", "firm.id")]
    ends += [(name, "carrier.id") for name in ("host_id", "asked_by_id", "again_by_id")]
    recorded(
        "mediation",
        mediation_columns(),
        sa.CheckConstraint(
            "(again_on IS NULL) = (again_by_id IS NULL)", name=op.f("ck_mediation_again")
        ),
        sa.CheckConstraint(f"state IN ({listed})", name=op.f("ck_mediation_state_code")),
        *(
            sa.ForeignKeyConstraint([name], [end], name=op.f(f"fk_mediation_{name}"))
            for name, end in ends
        ),
        sa.UniqueConstraint("pid", name=op.f("uq_mediation_pid")),
    )
    for name in ("asked_by_id", "firm_id", "host_id", "state"):
        op.create_index(f"ix_mediation_{name}", "mediation", [name])
    op.create_index(
        "uq_mediation_live", "mediation", ["firm_id"], unique=True,
        sqlite_where=LIVE, postgresql_where=LIVE,
    )  # fmt: skip
    table = "mediation_opinion"
    recorded(
        table,
        opinion_columns(),
        sa.CheckConstraint("turn IN (1, 2)", name=op.f(f"ck_{table}_turn")),
        sa.ForeignKeyConstraint(
            ["mediation_id"], ["mediation.id"], name=op.f(f"fk_{table}_mediation_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f(f"fk_{table}_author_id")),
    )
    op.create_index(f"uq_{table}_turn", table, ["mediation_id", "turn"], unique=True)
    op.create_index(f"uq_{table}_number", table, ["year", "serial"], unique=True)


def downgrade() -> None:
    """Undo."""
    for name in ("mediation_opinion", "mediation"):
        op.drop_table(name)
        op.drop_table(f"{name}_history")

"""rounds of applications for titles, and the firms in them

Revision ID: 20261126apr1
Revises: 20261126tri1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126apr1"
down_revision = "20261126tri1"
branch_labels = None
depends_on = None

STATES = ("planned", "filed", "recommended", "announced", "recognised", "failed")
REASONS = ("form", "condition", "review", "objection", "dishonest", "withdrawn", "other")


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def round_columns() -> list[sa.Column[object]]:
    """Columns of a round, before id and rev."""
    return [
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("district_on", sa.Date(), nullable=False),
        sa.Column("city_on", sa.Date(), nullable=True),
        sa.Column("notice_number", sa.String(length=60), nullable=True),
        sa.Column("notice_name", sa.String(length=160), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("pid", sa.String(length=12), nullable=False),
    ]


def application_columns() -> list[sa.Column[object]]:
    """Columns of an application, before id and rev."""
    days = ("filed_on", "recommended_on", "announced_on", "recognised_on", "failed_on")
    return [
        sa.Column("round_id", key(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("firm_id", key(), nullable=False),
        sa.Column("carrier_id", key(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in days),
        sa.Column("fail_code", sa.String(length=24), nullable=True),
        sa.Column("fail_note", sa.String(length=200), nullable=True),
        sa.Column("milestone_id", key(), nullable=True),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("pid", sa.String(length=12), nullable=False),
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


def one_of(column: str, codes: tuple[str, ...]) -> str:
    """A condition: the column holds one of the codes."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"{column} IN ({listed})"


def upgrade() -> None:
    """Apply."""
    history("application_round", round_columns())
    history("application", application_columns())
    table = "application_round"
    op.create_table(
        table,
        *round_columns(),
        sa.Column("id", key(), nullable=False),
        sa.Column("rev", key(), nullable=False),
        sa.CheckConstraint("batch > 0", name=op.f(f"ck_{table}_batch")),
        sa.CheckConstraint(
            "city_on IS NULL OR city_on >= district_on", name=op.f(f"ck_{table}_days")
        ),
        sa.CheckConstraint(one_of("kind", ("new", "review")), name=op.f(f"ck_{table}_kind_code")),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f(f"fk_{table}_rev")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("pid", name=op.f(f"uq_{table}_pid")),
    )
    op.create_index("uq_application_round", table, ["rule", "year", "batch", "kind"], unique=True)
    op.create_index("uq_application_round_year", table, ["id", "rule", "year"], unique=True)
    op.create_index(f"ix_{table}_district_on", table, ["district_on"])
    op.create_index(f"ix_{table}_rev", table, ["rev"])
    table = "application"
    op.create_table(
        table,
        *application_columns(),
        sa.Column("id", key(), nullable=False),
        sa.Column("rev", key(), nullable=False),
        sa.CheckConstraint(
            "state <> 'filed' OR filed_on IS NOT NULL", name=op.f(f"ck_{table}_filed")
        ),
        sa.CheckConstraint(
            "state <> 'recommended' OR recommended_on IS NOT NULL",
            name=op.f(f"ck_{table}_recommended"),
        ),
        sa.CheckConstraint(
            "state <> 'announced' OR announced_on IS NOT NULL", name=op.f(f"ck_{table}_announced")
        ),
        sa.CheckConstraint(
            "(state = 'recognised') = (recognised_on IS NOT NULL) "
            "AND (state = 'recognised') = (milestone_id IS NOT NULL)",
            name=op.f(f"ck_{table}_recognised"),
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (failed_on IS NOT NULL) "
            "AND (state = 'failed') = (fail_code IS NOT NULL)",
            name=op.f(f"ck_{table}_failed"),
        ),
        sa.CheckConstraint(one_of("state", STATES), name=op.f(f"ck_{table}_state_code")),
        sa.CheckConstraint(one_of("fail_code", REASONS), name=op.f(f"ck_{table}_fail_code_code")),
        sa.ForeignKeyConstraint(
            ["round_id", "rule", "year"],
            ["application_round.id", "application_round.rule", "application_round.year"],
            name=op.f(f"fk_{table}_round_id_rule_year"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f(f"fk_{table}_firm_id")),
        sa.ForeignKeyConstraint(
            ["carrier_id"], ["carrier.id"], name=op.f(f"fk_{table}_carrier_id")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f(f"fk_{table}_milestone_id")
        ),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f(f"fk_{table}_rev")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("pid", name=op.f(f"uq_{table}_pid")),
    )
    op.create_index("uq_application_year", table, ["firm_id", "rule", "year"], unique=True)
    op.create_index("uq_application_milestone", table, ["milestone_id"], unique=True)
    op.create_index("ix_application_round", table, ["round_id", "state"])
    op.create_index("ix_application_carrier_id", table, ["carrier_id"])
    op.create_index("ix_application_rev", table, ["rev"])


def downgrade() -> None:
    """Undo."""
    for name in ("application", "application_round"):
        op.drop_table(name)
    for name in ("application", "application_round"):
        op.drop_table(f"{name}_history")

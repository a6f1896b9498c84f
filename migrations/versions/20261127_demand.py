"""what room firms look for

Revision ID: 20261127dem1
Revises: 20261127med1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127dem1"
down_revision = "20261127med1"
branch_labels = None
depends_on = None

STATES = ("open", "met", "given_up")
ENDS = (
    "landed", "expanded", "elsewhere", "plan", "money", "left_district", "closed", "other",
)  # fmt: skip
USES = ("office", "research", "pilot", "gmp", "clean", "production")
MOST = 10**14


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def columns() -> list[sa.Column[object]]:
    """Columns of a demand, before id and rev."""
    return [
        sa.Column("firm_id", key(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("area_low", sa.Integer(), nullable=False),
        sa.Column("area_high", sa.Integer(), nullable=False),
        sa.Column("uses", sa.String(length=44), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=False),
        sa.Column("regions", sa.String(length=200), nullable=True),
        sa.Column("rent_most", sa.BigInteger(), nullable=True),
        sa.Column("load_kg", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("power_kw", sa.Integer(), nullable=True),
        sa.Column("exhaust", sa.String(length=24), nullable=True),
        sa.Column("clean", sa.String(length=24), nullable=True),
        sa.Column("assessment", sa.Boolean(), nullable=True),
        sa.Column("talents", sa.Integer(), nullable=True),
        sa.Column("talent_note", sa.String(length=200), nullable=True),
        sa.Column("finance", sa.BigInteger(), nullable=True),
        sa.Column("finance_note", sa.String(length=200), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=24), nullable=True),
        sa.Column("end_note", sa.String(length=200), nullable=True),
        sa.Column("met_at_id", key(), nullable=True),
        sa.Column("pid", sa.String(length=12), nullable=False),
    ]


def one_of(column: str, codes: tuple[str, ...]) -> str:
    """A condition: the column holds one of the codes."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"{column} IN ({listed})"


def several(column: str, codes: tuple[str, ...]) -> str:
    """A condition: the column holds nothing but the codes between blanks."""
    rest = column
    for code in codes:
        rest = f"replace({rest}, ' {code} ', ' ')"
    return f"{column} = '' OR {rest} = ' '"


def checks() -> list[sa.CheckConstraint]:
    """What the rows promise."""
    said = {
        "area": "area_low > 0 AND area_high >= area_low",
        "ended": "(state = 'open') = (closed_on IS NULL) "
        "AND (state = 'open') = (end_reason IS NULL)",
        "uses": "uses <> ''",
        "uses_code": several("uses", USES),
        "exhaust_code": one_of("exhaust", ("none", "general", "process")),
        "clean_code": one_of("clean", ("c300k", "c100k", "c10k", "c1k", "c100")),
        "days": "closed_on IS NULL OR closed_on >= opened_on",
        "met_at": "met_at_id IS NULL OR state = 'met'",
        "loads": "COALESCE(load_kg, 0) >= 0 AND COALESCE(height_mm, 0) >= 0 "
        "AND COALESCE(power_kw, 0) >= 0 AND COALESCE(talents, 0) >= 0",
        "state_code": one_of("state", STATES),
        "end_reason_code": one_of("end_reason", ENDS),
        "rent_most_bound": f"rent_most >= 0 AND rent_most <= {MOST}",
        "finance_bound": f"finance >= 0 AND finance <= {MOST}",
    }
    return [sa.CheckConstraint(text, name=op.f(f"ck_demand_{name}")) for name, text in said.items()]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "demand_history",
        *columns(),
        sa.Column("id", key(), autoincrement=False, nullable=False),
        sa.Column("rev", key(), autoincrement=False, nullable=False),
        sa.Column("rev_to", key(), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f("pk_demand_history")),
    )
    op.create_index("ix_demand_history_rev", "demand_history", ["rev"])
    op.create_index("ix_demand_history_rev_to", "demand_history", ["rev_to"])
    op.create_table(
        "demand",
        *columns(),
        sa.Column("id", key(), nullable=False),
        sa.Column("rev", key(), nullable=False),
        *checks(),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_demand_firm_id")),
        sa.ForeignKeyConstraint(["met_at_id"], ["carrier.id"], name=op.f("fk_demand_met_at_id")),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f("fk_demand_rev")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
        sa.UniqueConstraint("pid", name=op.f("uq_demand_pid")),
    )
    op.create_index(
        "uq_demand_open",
        "demand",
        ["firm_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_demand_firm", "demand", ["firm_id", "opened_on"])
    op.create_index("ix_demand_met_at_id", "demand", ["met_at_id"])
    op.create_index("ix_demand_rev", "demand", ["rev"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("demand")
    op.drop_table("demand_history")

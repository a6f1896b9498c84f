"""the room that a claim names, and since when it is kept for the firm

Revision ID: 20261128clr1
Revises: 20261128suc1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261128clr1"
down_revision = "20261128suc1"
branch_labels = None
depends_on = None

#: column → the checks that stand with it
CHECKS = {
    "unit_id": {},
    "area_dm2": {"room_area": "area_dm2 IS NULL OR area_dm2 > 0"},
    "desks": {
        "room_desks": "desks IS NULL OR desks > 0",
        "room": "(unit_id IS NULL) = (area_dm2 IS NULL AND desks IS NULL) "
        "AND (area_dm2 IS NULL OR desks IS NULL)",
    },
    "reserved_from": {"reserved": "reserved_from IS NULL OR unit_id IS NOT NULL"},
}
FOREIGN = "fk_claim_unit_id"


def key() -> sa.types.TypeEngine[int]:
    """The type of ids."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def columns() -> list[sa.Column[object]]:
    """What a claim gets."""
    return [
        sa.Column("unit_id", key(), nullable=True),
        sa.Column("area_dm2", sa.Integer(), nullable=True),
        sa.Column("desks", sa.Integer(), nullable=True),
        sa.Column("reserved_from", sa.Date(), nullable=True),
    ]


def upgrade() -> None:
    """Apply. Follow-ups point to claims: on SQLite that table cannot be written anew under them."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for column in columns():
        name = column.name
        op.add_column("claim_history", column)
        if postgresql:
            op.add_column("claim", sa.Column(name, column.type, nullable=True))
            for check, rule in CHECKS[name].items():
                op.create_check_constraint(op.f(f"ck_claim_{check}"), "claim", rule)
            continue
        rules = [
            f"CONSTRAINT ck_claim_{check} CHECK ({rule})" for check, rule in CHECKS[name].items()
        ]
        if name == "unit_id":
            rules.append(f"CONSTRAINT {FOREIGN} REFERENCES unit (id)")
        kind = "DATE" if name == "reserved_from" else "INTEGER"
        op.execute(" ".join([f"ALTER TABLE claim ADD COLUMN {name} {kind}", *rules]))
    if postgresql:
        op.create_foreign_key(op.f(FOREIGN), "claim", "unit", ["unit_id"], ["id"])
    op.create_index("ix_claim_unit", "claim", ["unit_id"])


def downgrade() -> None:
    """Take back; the checks go with their columns."""
    op.drop_index("ix_claim_unit", table_name="claim")
    for name in reversed(CHECKS):
        op.execute(f"ALTER TABLE claim DROP COLUMN {name}")
        op.drop_column("claim_history", name)

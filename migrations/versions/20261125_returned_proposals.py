"""proposals not agreed to, the firm's letter of a choice

Revision ID: 20261125chn1
Revises: 20261125car1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125chn1"
down_revision = "20261125car1"
branch_labels = None
depends_on = None

STATES = ("proposed", "reported", "checked", "verified", "returned")


def _one_of(column: str, codes: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"{column} IN ({listed})"


def _states(codes: tuple[str, ...]) -> None:
    name = op.f("ck_graduation_state_code")
    with op.batch_alter_table("graduation", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, _one_of("state", codes))


def upgrade() -> None:
    """Apply."""
    _states((*STATES, "declined"))
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    # Follow-ups point to claims: on SQLite that table cannot be written anew under them.
    name = op.f("fk_claim_letter_id")
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("claim", sa.Column("letter_id", number, nullable=True))
        op.create_foreign_key(name, "claim", "evidence", ["letter_id"], ["id"])
    else:
        op.execute(
            f"ALTER TABLE claim ADD COLUMN letter_id INTEGER CONSTRAINT {name}"
            " REFERENCES evidence (id)"
        )
    with op.batch_alter_table("claim_history", schema=None) as batch_op:
        batch_op.add_column(sa.Column("letter_id", number, nullable=True))


def downgrade() -> None:
    """Undo: a proposal not agreed to becomes a returned one."""
    with op.batch_alter_table("claim_history", schema=None) as batch_op:
        batch_op.drop_column("letter_id")
    op.execute("ALTER TABLE claim DROP COLUMN letter_id")
    op.execute("UPDATE graduation SET state = 'returned' WHERE state = 'declined'")
    _states(STATES)

"""proposals not agreed to, the firm's letter of a choice

Revision ID: 20261125chn1
Revises: 20261124cri1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261125chn1"
down_revision = "20261124cri1"
branch_labels = None
depends_on = None

STATES = ("proposed", "reported", "checked", "verified", "returned")
DESTINATIONS = (
    "accelerator", "park", "incubator", "building", "city", "outside", "abroad", "acquired",
    "dissolved", "lost", "unknown",
)  # fmt: skip
CLAIMS = ("open", "accepted", "done", "withdrawn", "refused", "released")


def _one_of(column: str, codes: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"{column} IN ({listed})"


def _states(codes: tuple[str, ...]) -> None:
    """Rewriting a table on SQLite forgets its checks, so both are named."""
    name = op.f("ck_graduation_state_code")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, "graduation", type_="check")
        op.create_check_constraint(name, "graduation", _one_of("state", codes))
        return
    checks = (
        sa.CheckConstraint(
            _one_of("destination", DESTINATIONS), name=op.f("ck_graduation_destination_code")
        ),
        sa.CheckConstraint(_one_of("state", codes), name=name),
    )
    with op.batch_alter_table("graduation", recreate="always", table_args=checks):
        pass


def _claim_checks() -> tuple[sa.CheckConstraint, ...]:
    if op.get_bind().dialect.name == "postgresql":
        return ()
    return (sa.CheckConstraint(_one_of("state", CLAIMS), name=op.f("ck_claim_state_code")),)


def upgrade() -> None:
    """Apply."""
    _states((*STATES, "declined"))
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("claim", schema=None, table_args=_claim_checks()) as batch_op:
        batch_op.add_column(sa.Column("letter_id", number, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_claim_letter_id"), "evidence", ["letter_id"], ["id"]
        )
    with op.batch_alter_table("claim_history", schema=None) as batch_op:
        batch_op.add_column(sa.Column("letter_id", number, nullable=True))


def downgrade() -> None:
    """Undo: a proposal not agreed to becomes a returned one."""
    with op.batch_alter_table("claim_history", schema=None) as batch_op:
        batch_op.drop_column("letter_id")
    with op.batch_alter_table("claim", schema=None, table_args=_claim_checks()) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claim_letter_id"), type_="foreignkey")
        batch_op.drop_column("letter_id")
    op.execute("UPDATE graduation SET state = 'returned' WHERE state = 'declined'")
    _states(STATES)

"""units, what is used of them, and what a carrier can hold

Revision ID: 20261127uni1
Revises: 20261127rep1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127uni1"
down_revision = "20261127rep1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Both engines add and drop a column in place; others refer to the table of carriers."""
    op.create_table(
        "occupancy_history",
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("area_dm2", sa.Integer(), nullable=True),
        sa.Column("desks", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("own_ends", sa.Date(), nullable=True),
        sa.Column("tied", sa.Boolean(), nullable=False),
        sa.Column("lease_ends", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.Column("pid", sa.String(length=12), nullable=False),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "rev",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("rev_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f("pk_occupancy_history")),
    )
    with op.batch_alter_table("occupancy_history", schema=None) as batch_op:
        batch_op.create_index("ix_occupancy_history_rev", ["rev"], unique=False)
        batch_op.create_index("ix_occupancy_history_rev_to", ["rev_to"], unique=False)

    op.create_table(
        "unit_history",
        sa.Column(
            "carrier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building", sa.String(length=40), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("floor_label", sa.String(length=12), nullable=True),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("uses", sa.String(length=44), nullable=False),
        sa.Column("approved", sa.String(length=44), nullable=False),
        sa.Column("area_dm2", sa.Integer(), nullable=False),
        sa.Column("desks", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("load_kg", sa.Integer(), nullable=True),
        sa.Column("power_kw", sa.Integer(), nullable=True),
        sa.Column("exhaust", sa.String(24), nullable=True),
        sa.Column("clean", sa.String(24), nullable=True),
        sa.Column("rent", sa.BigInteger(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(24), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.Column("pid", sa.String(length=12), nullable=False),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "rev",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("rev_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f("pk_unit_history")),
    )
    with op.batch_alter_table("unit_history", schema=None) as batch_op:
        batch_op.create_index("ix_unit_history_rev", ["rev"], unique=False)
        batch_op.create_index("ix_unit_history_rev_to", ["rev_to"], unique=False)

    op.create_table(
        "unit_hold_history",
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "rev",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("rev_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f("pk_unit_hold_history")),
    )
    with op.batch_alter_table("unit_hold_history", schema=None) as batch_op:
        batch_op.create_index("ix_unit_hold_history_rev", ["rev"], unique=False)
        batch_op.create_index("ix_unit_hold_history_rev_to", ["rev_to"], unique=False)

    op.create_table(
        "unit_link_history",
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "rev",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("rev_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f("pk_unit_link_history")),
    )
    with op.batch_alter_table("unit_link_history", schema=None) as batch_op:
        batch_op.create_index("ix_unit_link_history_rev", ["rev"], unique=False)
        batch_op.create_index("ix_unit_link_history_rev_to", ["rev_to"], unique=False)

    op.create_table(
        "unit",
        sa.Column(
            "carrier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building", sa.String(length=40), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("floor_label", sa.String(length=12), nullable=True),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("uses", sa.String(length=44), nullable=False),
        sa.Column("approved", sa.String(length=44), nullable=False),
        sa.Column("area_dm2", sa.Integer(), nullable=False),
        sa.Column("desks", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("load_kg", sa.Integer(), nullable=True),
        sa.Column("power_kw", sa.Integer(), nullable=True),
        sa.Column("exhaust", sa.String(24), nullable=True),
        sa.Column("clean", sa.String(24), nullable=True),
        sa.Column("rent", sa.BigInteger(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(24), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.Column("pid", sa.String(length=12), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rev", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "approved = '' OR replace(replace(replace(replace(replace(replace(approved, ' office ', ' '), ' research ', ' '), ' pilot ', ' '), ' gmp ', ' '), ' clean ', ' '), ' production ', ' ') = ' '",
            name=op.f("ck_unit_approved_code"),
        ),
        sa.CheckConstraint(
            "clean IN ('c300k', 'c100k', 'c10k', 'c1k', 'c100')", name=op.f("ck_unit_clean_code")
        ),
        sa.CheckConstraint(
            "end_reason IN ('split', 'merged', 'given_up')", name=op.f("ck_unit_end_reason_code")
        ),
        sa.CheckConstraint(
            "exhaust IN ('none', 'general', 'process')", name=op.f("ck_unit_exhaust_code")
        ),
        sa.CheckConstraint(
            "uses = '' OR replace(replace(replace(replace(replace(replace(uses, ' office ', ' '), ' research ', ' '), ' pilot ', ' '), ' gmp ', ' '), ' clean ', ' '), ' production ', ' ') = ' '",
            name=op.f("ck_unit_uses_code"),
        ),
        sa.CheckConstraint("(ends IS NULL) = (end_reason IS NULL)", name=op.f("ck_unit_ended")),
        sa.CheckConstraint("area_dm2 > 0 AND area_dm2 <= 1000000000", name=op.f("ck_unit_area")),
        sa.CheckConstraint(
            "desks IS NULL OR (desks > 0 AND desks <= 100000)", name=op.f("ck_unit_desks")
        ),
        sa.CheckConstraint("ends IS NULL OR ends > starts", name=op.f("ck_unit_days")),
        sa.CheckConstraint(
            "rent >= 0 AND rent <= 100000000000000", name=op.f("ck_unit_rent_bound")
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_unit_carrier_id")),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f("fk_unit_rev")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_unit_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("pid", name=op.f("uq_unit_pid")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index("ix_unit_carrier_days", ["carrier_id", "starts"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_rev"), ["rev"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            "uq_unit_number",
            ["site_id", "building", "floor", "number"],
            unique=True,
            sqlite_where=sa.text("ends IS NULL"),
            postgresql_where=sa.text("ends IS NULL"),
        )

    op.create_table(
        "occupancy",
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("area_dm2", sa.Integer(), nullable=True),
        sa.Column("desks", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("own_ends", sa.Date(), nullable=True),
        sa.Column("tied", sa.Boolean(), nullable=False),
        sa.Column("lease_ends", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.Column("pid", sa.String(length=12), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rev", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(area_dm2 IS NULL) <> (desks IS NULL)", name=op.f("ck_occupancy_measure")
        ),
        sa.CheckConstraint("area_dm2 IS NULL OR area_dm2 > 0", name=op.f("ck_occupancy_area")),
        sa.CheckConstraint("desks IS NULL OR desks > 0", name=op.f("ck_occupancy_desks")),
        sa.CheckConstraint("ends IS NULL OR ends > starts", name=op.f("ck_occupancy_days")),
        sa.CheckConstraint(
            "own_ends IS NULL OR (ends IS NOT NULL AND ends <= own_ends)",
            name=op.f("ck_occupancy_own"),
        ),
        sa.CheckConstraint(
            "tied OR ends IS NULL OR own_ends IS NOT NULL", name=op.f("ck_occupancy_loose")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_occupancy_firm_id")),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f("fk_occupancy_rev")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_occupancy_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy")),
        sa.UniqueConstraint("pid", name=op.f("uq_occupancy_pid")),
    )
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.create_index("ix_occupancy_firm_days", ["firm_id", "starts"], unique=False)
        batch_op.create_index(batch_op.f("ix_occupancy_rev"), ["rev"], unique=False)
        batch_op.create_index("ix_occupancy_unit_days", ["unit_id", "starts"], unique=False)

    op.create_table(
        "unit_hold",
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rev", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('withheld', 'works')", name=op.f("ck_unit_hold_kind_code")),
        sa.CheckConstraint("ends IS NULL OR ends > starts", name=op.f("ck_unit_hold_days")),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f("fk_unit_hold_rev")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_hold_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_hold")),
    )
    with op.batch_alter_table("unit_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_hold_rev"), ["rev"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_hold_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "unit_link",
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rev", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["unit.id"], name=op.f("fk_unit_link_from_id")),
        sa.ForeignKeyConstraint(["rev"], ["revision.id"], name=op.f("fk_unit_link_rev")),
        sa.ForeignKeyConstraint(["to_id"], ["unit.id"], name=op.f("fk_unit_link_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_link")),
    )
    with op.batch_alter_table("unit_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_link_rev"), ["rev"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_link_to_id"), ["to_id"], unique=False)
        batch_op.create_index("uq_unit_link", ["from_id", "to_id"], unique=True)

    op.add_column("carrier", sa.Column("capacity", sa.Integer(), nullable=True))

    op.add_column("carrier_history", sa.Column("capacity", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("carrier_history", "capacity")

    op.drop_column("carrier", "capacity")

    with op.batch_alter_table("unit_link", schema=None) as batch_op:
        batch_op.drop_index("uq_unit_link")
        batch_op.drop_index(batch_op.f("ix_unit_link_to_id"))
        batch_op.drop_index(batch_op.f("ix_unit_link_rev"))

    op.drop_table("unit_link")
    with op.batch_alter_table("unit_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_hold_unit_id"))
        batch_op.drop_index(batch_op.f("ix_unit_hold_rev"))

    op.drop_table("unit_hold")
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.drop_index("ix_occupancy_unit_days")
        batch_op.drop_index(batch_op.f("ix_occupancy_rev"))
        batch_op.drop_index("ix_occupancy_firm_days")

    op.drop_table("occupancy")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_unit_number",
            sqlite_where=sa.text("ends IS NULL"),
            postgresql_where=sa.text("ends IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_unit_site_id"))
        batch_op.drop_index(batch_op.f("ix_unit_rev"))
        batch_op.drop_index("ix_unit_carrier_days")

    op.drop_table("unit")
    with op.batch_alter_table("unit_link_history", schema=None) as batch_op:
        batch_op.drop_index("ix_unit_link_history_rev_to")
        batch_op.drop_index("ix_unit_link_history_rev")

    op.drop_table("unit_link_history")
    with op.batch_alter_table("unit_hold_history", schema=None) as batch_op:
        batch_op.drop_index("ix_unit_hold_history_rev_to")
        batch_op.drop_index("ix_unit_hold_history_rev")

    op.drop_table("unit_hold_history")
    with op.batch_alter_table("unit_history", schema=None) as batch_op:
        batch_op.drop_index("ix_unit_history_rev_to")
        batch_op.drop_index("ix_unit_history_rev")

    op.drop_table("unit_history")
    with op.batch_alter_table("occupancy_history", schema=None) as batch_op:
        batch_op.drop_index("ix_occupancy_history_rev_to")
        batch_op.drop_index("ix_occupancy_history_rev")

    op.drop_table("occupancy_history")

"""which carrier goes on in which other one, since when and by what document

Revision ID: 20261128suc1
Revises: 20261128mee1

The predecessors that carriers named so far are taken over in a sealed revision of their own:
rows under an old revision, or a filled column that goes, would make the audit accuse it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import sqlalchemy as sa
from alembic import context, op

from app.core.db import Instant
from app.core.db.downgrades import refuse_held
from app.core.db.revision import FIRST_HASH, seal_hash
from config import load

revision = "20261128suc1"
down_revision = "20261128mee1"
branch_labels = None
depends_on = None

KINDS = ("merged", "taken_over", "set_up")
REMARK = "由原“前身载体”栏转入"  # zh: a remark on the record, as an official would write it


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def columns() -> list[sa.Column[object]]:
    """Columns of a succession, before id and rev."""
    return [
        sa.Column("predecessor_id", key(), nullable=False),
        sa.Column("successor_id", key(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
    ]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "carrier_succession_history",
        *columns(),
        sa.Column("id", key(), autoincrement=False, nullable=False),
        sa.Column("rev", key(), autoincrement=False, nullable=False),
        sa.Column("rev_to", key(), nullable=False),
        sa.PrimaryKeyConstraint("id", "rev", name=op.f("pk_carrier_succession_history")),
    )
    for name in ("rev", "rev_to"):
        op.create_index(
            f"ix_carrier_succession_history_{name}", "carrier_succession_history", [name]
        )
    listed = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_table(
        "carrier_succession",
        *columns(),
        sa.Column("id", key(), nullable=False),
        sa.Column("rev", key(), nullable=False),
        sa.CheckConstraint(
            "predecessor_id <> successor_id", name=op.f("ck_carrier_succession_ends")
        ),
        sa.CheckConstraint(f"kind IN ({listed})", name=op.f("ck_carrier_succession_kind_code")),
        *(
            sa.ForeignKeyConstraint([name], [end], name=op.f(f"fk_carrier_succession_{name}"))
            for name, end in (
                ("predecessor_id", "carrier.id"),
                ("successor_id", "carrier.id"),
                ("rev", "revision.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_succession")),
    )
    for name in ("day", "rev", "successor_id"):
        op.create_index(f"ix_carrier_succession_{name}", "carrier_succession", [name])
    op.create_index(
        "uq_carrier_succession", "carrier_succession", ["predecessor_id", "successor_id"],
        unique=True,
    )  # fmt: skip
    if not context.is_offline_mode():
        take_over(op.get_bind())


def downgrade() -> None:
    """Undo. What carriers named before still stands on them.

    Rows and their revisions are sealed together: without the rows the audit would accuse the
    revisions, so a database that holds any keeps this version.
    """
    if not context.is_offline_mode():
        refuse_held(op.get_bind(), revision, "carrier_succession", "carrier_succession_history")
    op.drop_table("carrier_succession")
    op.drop_table("carrier_succession_history")


def take_over(connection: sa.Connection) -> None:
    """The predecessors on record, as 承接 from the day on which the successor was registered."""
    carrier = sa.table(
        "carrier", *(sa.column(n) for n in ("id", "rev", "predecessor_id")),
        sa.column("founded_on", sa.Date()),
    )  # fmt: skip
    status = sa.table(
        "carrier_status", sa.column("carrier_id"), sa.column("act"), sa.column("day", sa.Date())
    )
    first = (
        sa.select(sa.func.min(status.c.day))
        .where(status.c.carrier_id == carrier.c.id, status.c.act == "registered")
        .scalar_subquery()
    )
    wanted = (
        sa.select(
            carrier.c.id, carrier.c.predecessor_id, carrier.c.founded_on, first.label("first")
        )
        .where(carrier.c.predecessor_id.is_not(None), carrier.c.predecessor_id != carrier.c.id)
        .order_by(carrier.c.id)
    )
    found = connection.execute(wanted).all()
    if found:
        seal(
            connection, [(row.predecessor_id, row.id, row.first or row.founded_on) for row in found]
        )


def seal(connection: sa.Connection, found: list[tuple[int, int, dt.date | None]]) -> None:
    """Write them in one revision and seal it as every other."""
    table = sa.table(
        "revision", *(sa.column(n) for n in ("id", "actor", "action", "digest", "prev_hash", "hash")),
        sa.column("at", Instant), sa.column("sealed", sa.Boolean()),
        *(sa.column(n) for n in ("person_id", "post_id", "reason", "request")),
    )  # fmt: skip
    last = connection.execute(
        sa.select(table.c.id, table.c.hash).order_by(table.c.id.desc()).limit(1)
    ).first()
    at = dt.datetime.now(dt.UTC)
    rows = [
        {"predecessor_id": old, "successor_id": new, "kind": "taken_over",
         "day": day or at.date(), "remark": REMARK, "id": number, "rev": last.id + 1 if last else 1}
        for number, (old, new, day) in enumerate(found, 1)
    ]  # fmt: skip
    made = {
        "id": rows[0]["rev"], "at": at, "actor": "system:migration", "person_id": None,
        "post_id": None, "action": "carrier:succession", "reason": None, "request": None,
        "prev_hash": last.hash if last else FIRST_HASH, "digest": digest(rows), "sealed": True,
    }  # fmt: skip
    made["hash"] = seal_hash(audit_key(), _Row(made))
    connection.execute(table.insert().values(**made))
    row = sa.table(
        "carrier_succession", *(sa.column(n) for n in rows[0] if n != "day"),
        sa.column("day", sa.Date()),
    )  # fmt: skip
    connection.execute(row.insert(), rows)
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text("SELECT setval(pg_get_serial_sequence('carrier_succession', 'id'), :n)"),
            {"n": len(rows)},
        )


def digest(rows: list[dict[str, object]]) -> str:
    """What the audit computes of a revision that wrote these rows and nothing else."""
    sha = hashlib.sha256()
    for row in rows:
        plain = {n: v.isoformat() if isinstance(v, dt.date) else v for n, v in sorted(row.items())}
        line = json.dumps(["carrier_succession", plain], ensure_ascii=False, separators=(",", ":"))
        sha.update(line.encode() + b"\n")
    return sha.hexdigest()


class _Row:
    def __init__(self, values: dict[str, object]) -> None:
        self.__dict__.update(values)


def audit_key() -> bytes:
    """The key of the audit: of the caller (tests), else of this deployment."""
    given = context.config.attributes.get("audit_key")
    return str(given or load().AUDIT_KEY).encode()

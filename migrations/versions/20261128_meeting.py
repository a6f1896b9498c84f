"""meetings at which firms and carriers are brought together, and their minutes

Revision ID: 20261128mee1
Revises: 20261128cod1
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "20261128mee1"
down_revision = "20261128cod1"
branch_labels = None
depends_on = None

Columns = list[sa.Column[object]]
CODES = {
    ("meeting", "state"): ("preparing", "notified", "held", "cancelled"),
    ("meeting_guest", "answer"): ("waiting", "coming", "not_coming"),
    ("meeting_talk", "outcome"): ("interested", "again", "unsuited"),
}
CHECKS = {
    "meeting": {
        "answer_by": "answer_by <= day",
        "hours": "ends_at > starts_at",
        "notified": "state NOT IN ('notified', 'held') OR notified_on IS NOT NULL",
        "cancelled": "(state = 'cancelled') = (cancel_reason IS NOT NULL)",
    },
    "meeting_task": {"done": "done_on IS NOT NULL OR done_note IS NULL"},
}


def key() -> sa.types.TypeEngine[int]:
    """The type of ids and revisions."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, length: int, null: bool = False) -> sa.Column[object]:
    """A column of text."""
    return sa.Column(name, sa.String(length=length), nullable=null)


def day(name: str, null: bool = False) -> sa.Column[object]:
    """A column of days."""
    return sa.Column(name, sa.Date(), nullable=null)


def ref(name: str, null: bool = False) -> sa.Column[object]:
    """A column that names a row."""
    return sa.Column(name, key(), nullable=null)


def meeting() -> Columns:
    """Columns of a meeting, before id and rev."""
    return [
        text("title", 80), day("day"), text("starts_at", 5), text("ends_at", 5),
        text("place", 120), text("host", 80), sa.Column("agenda", sa.Text(), nullable=True),
        text("state", 24), day("answer_by"), day("notified_on", True),
        text("cancel_reason", 200, True), text("pid", 12),
    ]  # fmt: skip


def guest() -> Columns:
    """Columns of an invited carrier."""
    return [
        ref("meeting_id"), ref("carrier_id"), text("answer", 24), day("answered_on", True),
        text("who", 120, True),
    ]  # fmt: skip


def entry() -> Columns:
    """Columns of a firm on the table."""
    return [
        ref("meeting_id"), ref("firm_id"), sa.Column("position", sa.Integer(), nullable=False),
        ref("host_id", True), ref("put_by_id", True),
    ]  # fmt: skip


def talk() -> Columns:
    """Columns of what came of a talk."""
    return [ref("entry_id"), ref("guest_id"), text("outcome", 24), text("note", 200, True)]


def task() -> Columns:
    """Columns of what is to be done."""
    return [
        ref("meeting_id"), ref("entry_id", True), ref("carrier_id", True), text("what", 200),
        text("who", 60, True), day("due_on"), day("done_on", True), text("done_note", 200, True),
        text("pid", 12),
    ]  # fmt: skip


def minutes() -> Columns:
    """Columns of minutes."""
    return [
        ref("meeting_id"), sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False), day("day"), ref("author_id", True),
        sa.Column("body", sa.Text(), nullable=False), text("digest", 64),
    ]  # fmt: skip


TABLES: dict[str, tuple[Callable[[], Columns], dict[str, str]]] = {
    "meeting": (meeting, {}),
    "meeting_guest": (guest, {"meeting_id": "meeting.id", "carrier_id": "carrier.id"}),
    "meeting_entry": (
        entry,
        {"meeting_id": "meeting.id", "firm_id": "firm.id", "host_id": "carrier.id",
         "put_by_id": "carrier.id"},
    ),
    "meeting_talk": (talk, {"entry_id": "meeting_entry.id", "guest_id": "meeting_guest.id"}),
    "meeting_task": (
        task,
        {"meeting_id": "meeting.id", "entry_id": "meeting_entry.id", "carrier_id": "carrier.id"},
    ),
    "meeting_minutes": (minutes, {"meeting_id": "meeting.id", "author_id": "person.id"}),
}  # fmt: skip
INDEXES = {
    "ix_meeting_day": ("meeting", ["day"], False),
    "ix_meeting_state": ("meeting", ["state"], False),
    "uq_meeting_guest": ("meeting_guest", ["meeting_id", "carrier_id"], True),
    "ix_meeting_guest_carrier_id": ("meeting_guest", ["carrier_id"], False),
    "uq_meeting_entry": ("meeting_entry", ["meeting_id", "firm_id"], True),
    "ix_meeting_entry_firm_id": ("meeting_entry", ["firm_id"], False),
    "ix_meeting_entry_host_id": ("meeting_entry", ["host_id"], False),
    "uq_meeting_talk": ("meeting_talk", ["entry_id", "guest_id"], True),
    "ix_meeting_talk_guest_id": ("meeting_talk", ["guest_id"], False),
    "ix_meeting_task_open": ("meeting_task", ["carrier_id", "done_on"], False),
    "ix_meeting_task_meeting_id": ("meeting_task", ["meeting_id"], False),
    "ix_meeting_task_entry_id": ("meeting_task", ["entry_id"], False),
    "uq_meeting_minutes_number": ("meeting_minutes", ["year", "serial"], True),
    "ix_meeting_minutes_meeting_id": ("meeting_minutes", ["meeting_id"], False),
}


def history(table: str, columns: Columns) -> None:
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


def checks(table: str) -> list[sa.Constraint]:
    """What holds within a row: codes of its lists, and its own conditions."""
    held = dict(CHECKS.get(table, {}))
    for (owner, column), codes in CODES.items():
        if owner == table:
            listed = ", ".join(f"'{code}'" for code in codes)
            held[f"{column}_code"] = f"{column} IN ({listed})"
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{n}")) for n, rule in held.items()]


def upgrade() -> None:
    """Apply."""
    for table, (columns, ends) in TABLES.items():
        history(table, columns())
        links = [
            sa.ForeignKeyConstraint([name], [end], name=op.f(f"fk_{table}_{name}"))
            for name, end in {**ends, "rev": "revision.id"}.items()
        ]
        unique = [
            sa.UniqueConstraint("pid", name=op.f(f"uq_{table}_pid"))
            for one in columns() if one.name == "pid"
        ]  # fmt: skip
        op.create_table(
            table, *columns(),
            sa.Column("id", key(), nullable=False),
            sa.Column("rev", key(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            *links, *unique, *checks(table),
        )  # fmt: skip
        op.create_index(op.f(f"ix_{table}_rev"), table, ["rev"])
    for name, (table, listed, unique_one) in INDEXES.items():
        op.create_index(name, table, listed, unique=unique_one)


def downgrade() -> None:
    """Undo."""
    for table in reversed(TABLES):
        op.drop_table(table)
        op.drop_table(f"{table}_history")

"""The second clock: one sealed row a write, which is at once the audit entry.

A row holds codes, ids and a digest, never values. Rows are chained: each hash covers the one
before it under a key that the database does not hold, so a change by hand shows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Date,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.base import Base, BigId, Recorded
from app.core.db.types import Code, Instant


class Revision(Base):
    """One write. Not yet `sealed` while it is open; at most one is open at a time."""

    __tablename__ = "revision"
    __table_args__ = (
        Index(
            "uq_revision_open",
            "sealed",
            unique=True,
            sqlite_where=text("NOT sealed"),
            postgresql_where=text("NOT sealed"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(Instant, index=True)
    actor: Mapped[str] = mapped_column(String(40), index=True)
    person_id: Mapped[int | None] = mapped_column(Integer, index=True)
    post_id: Mapped[int | None] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(60), index=True)
    reason: Mapped[str | None] = mapped_column(String(40))
    request: Mapped[str | None] = mapped_column(String(32))
    digest: Mapped[str | None] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))
    sealed: Mapped[bool] = mapped_column(default=False)


class RevisionNote(Base):
    """Free words given with a write. Kept apart: the auditor's pages never read them."""

    __tablename__ = "revision_note"

    rev: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)


FIRST_HASH = "0" * 64
#: at most so many stray numbers of a column are named
STRAYS = 100


@cache
def recorded_tables() -> list[tuple[Table, Table]]:
    """(table, history) of every record, by name."""
    found: list[tuple[Any, Table]] = [
        (mapper.local_table, mapper.class_.__history__)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Recorded)
    ]
    return sorted(found, key=lambda pair: pair[0].name)


@cache
def _touched_statement() -> CompoundSelect[Any]:
    """Which tables a revision wrote to, in one statement over the revision indexes.

    The number is bound once and the names are spelt out: with some two hundred parts, whatever is
    bound in each costs more than the look into its index.
    """
    rev = select(bindparam("rev", type_=BigInteger)).scalar_subquery()
    parts = []
    for table, history in recorded_tables():
        for mark, there in (
            ("", table.c.rev == rev),
            ("<", history.c.rev == rev),
            (">", history.c.rev_to == rev),
        ):
            name = literal_column(f"'{table.name}{mark}'", String).label("name")
            parts.append(select(name).where(exists(select(literal_column("1")).where(there))))
    return union_all(*parts)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, dt.date) else value


_spelt = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
#: versions spelt in one call: a bulk load writes hundreds of thousands, and a call costs as much
#: as a version
BLOCK = 1_000


def _block(table: str, versions: list[dict[str, Any]]) -> str:
    """One line for each version of a table, given by its columns.

    No column holds a mapping, alone or in a list. What stands before a quote in a text is a
    backslash, and after the quote that ends one never a letter: so `}],["table` stands between
    two versions and nowhere else.
    """
    spelt = _spelt([[table, version] for version in versions])
    return spelt[1:-1].replace(f'}}],["{table}', f'}}]\n["{table}')


def _unread(column: Any) -> Any:
    """The column as it is stored, where that is also how a line has it."""
    return type_coerce(column, String) if isinstance(column.type, Code | Date) else column


@cache
def _began(source: Table) -> tuple[Select[Any], list[str]]:
    """The versions in a table that a revision began, and their columns in the order of a line."""
    names = sorted(c.name for c in source.columns if c.name != "rev_to")
    wanted = [_unread(source.c[name]) for name in names]
    return select(*wanted).where(source.c.rev == bindparam("rev", type_=BigInteger)), names


@cache
def _ended(history: Table) -> Select[Any]:
    """The records of which a revision ended a version."""
    rev = bindparam("rev", type_=BigInteger)
    return select(history.c.id).where(history.c.rev_to == rev).order_by(history.c.id)


def _lines(connection: Any, rev: int) -> Iterator[str]:
    """One canonical line for each version that the revision began or ended, some at a time.

    Empty columns are left out, so that a column added later changes no earlier digest.
    """
    this = {"rev": rev}
    touched = set(connection.execute(_touched_statement(), this).scalars())
    for table, history in recorded_tables():
        began = []
        names: list[str] = []
        for source, mark in ((table, ""), (history, "<")):
            if table.name + mark in touched:
                statement, names = _began(source)
                began += connection.execute(statement, this).all()
        if began:
            began.sort(key=itemgetter(names.index("id")))
        for start in range(0, len(began), BLOCK):
            block = began[start : start + BLOCK]
            filled = [
                {n: v for n, v in zip(names, row, strict=True) if v is not None} for row in block
            ]
            yield _block(table.name, filled)
        if f"{table.name}>" in touched:
            for (row_id,) in connection.execute(_ended(history), this):
                yield json.dumps([table.name, row_id, "ended"])


def digest(connection: Any, rev: int, note: str | None) -> str:
    """SHA-256 over everything that revision wrote; the same before sealing and for ever after."""
    sha = hashlib.sha256()
    for line in _lines(connection, rev):
        sha.update(line.encode())
        sha.update(b"\n")
    if note:
        sha.update(json.dumps(["note", note], ensure_ascii=False).encode())
    return sha.hexdigest()


def unused(connection: Any, rev: int) -> int:
    """The first number from this on that no row bears: what was put there behind the program's
    back is not sealed with the next write, and the number left out shows as a gap."""
    while connection.execute(_touched_statement(), {"rev": rev}).first() is not None:
        rev += 1
    return rev


def strays(connection: Any, last: int) -> set[int]:
    """Numbers below 1 or above `last` that rows bear: nobody wrote them through the program."""
    found: set[int] = set()
    for table, history in recorded_tables():
        for column in (table.c.rev, history.c.rev, history.c.rev_to):
            outside = or_(column < 1, column > bindparam("last", type_=BigInteger))
            statement = select(column).where(outside).distinct().order_by(column).limit(STRAYS)
            found.update(connection.execute(statement, {"last": last}).scalars())
    return found


def seal_hash(key: bytes, row: Any) -> str:
    """The keyed hash of a revision row, over its own columns and the hash before it."""
    parts = [
        row.id,
        _plain(row.at),
        row.actor,
        row.person_id,
        row.post_id,
        row.action,
        row.reason,
        row.request,
        row.digest,
        row.prev_hash,
    ]
    message = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()

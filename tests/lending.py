"""One PostgreSQL database of a worker, lent to one test after another.

A database that is copied for a test is cold: its connections read the catalogue, compile the
triggers and plan each statement anew, and the statement of the rule book alone takes a second
until its plan is kept. So a test is lent the database of the one before it, with its connections
and their plans; what that one wrote was taken out first, and the sequences were set back.

Only rows can be set back. Where a test left anything else (another shape of a table, trigger or
function, counted statistics, a connection in use or one that is not ours) the database is thrown
away and the next test gets a copy. So is one that has served for a while: what was deleted still
takes room in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier

#: tests that one database serves
SERVES = 80
#: seconds that a connection which the test closed may take to go
PARTING = 0.2

TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
SEQUENCES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
AND c.relkind = 'S' ORDER BY c.relname
"""
#: changes with anything that is declared, and with what is known of how many rows there are
SHAPE = """
WITH ours AS (SELECT oid, reltuples FROM pg_class WHERE relnamespace = 'public'::regnamespace)
SELECT (SELECT array[count(*), sum(reltuples)]::text FROM ours),
(SELECT array[count(*), max(xmin::text::bigint)]::text FROM pg_attribute
 WHERE attrelid IN (SELECT oid FROM ours)),
(SELECT array[count(*), max(xmin::text::bigint)]::text FROM pg_trigger),
(SELECT array[count(*), max(xmin::text::bigint)]::text FROM pg_constraint),
(SELECT array[count(*), max(xmin::text::bigint)]::text FROM pg_proc),
(SELECT array[count(*), max(xmin::text::bigint)]::text FROM pg_namespace
 WHERE nspname !~ '^pg_(toast_)?temp_')
"""
OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Content:
    """The rows of a database: by table in PostgreSQL's own form, and where its sequences stand
    (the number, and whether it has been given out)."""

    rows: Mapping[str, bytes]
    sequences: Mapping[str, tuple[int, bool]]


def _standing(connection: psycopg.Connection[Any]) -> Composed:
    """The statement that says where the sequences stand."""
    parts = (
        SQL("SELECT {} AS name, last_value, is_called FROM {}").format(name, Identifier(name))
        for (name,) in connection.execute(SEQUENCES).fetchall()
    )
    return SQL(" UNION ALL ").join(parts)


def _stand(connection: psycopg.Connection[Any], standing: Composed) -> dict[str, tuple[int, bool]]:
    return {name: (last, given) for name, last, given in connection.execute(standing).fetchall()}


def content(where: str) -> Content:
    """What a database holds."""
    with psycopg.connect(where) as connection:
        rows = {}
        for (table,) in connection.execute(TABLES).fetchall():
            some = SQL("SELECT EXISTS (SELECT FROM {})").format(Identifier(table))
            if connection.execute(some).fetchone() == (True,):
                how = SQL("COPY {} TO STDOUT (FORMAT binary)").format(Identifier(table))
                with connection.cursor().copy(how) as copy:
                    rows[table] = b"".join(bytes(part) for part in copy)
        return Content(rows, _stand(connection, _standing(connection)))


class Lent:
    """A database that holds rows and nothing else of the test before."""

    def __init__(self, url: str, where: str) -> None:
        self.url = url
        self.served = 0
        self.pool: Any = None
        # its own triggers and foreign keys do not see what is set back
        options = "-c session_replication_role=replica -c plan_cache_mode=force_generic_plan"
        self.own = psycopg.connect(where, autocommit=True, prepare_threshold=0, options=options)
        self.tables = [str(name) for (name,) in self.own.execute(TABLES).fetchall()]
        parts = (
            SQL("SELECT {} AS name, count(*), coalesce(max(xmin::text::bigint), 0) FROM {}").format(
                table, Identifier(table)
            )
            for table in self.tables
        )
        self.counting = SQL(" UNION ALL ").join(parts)
        self.standing = _standing(self.own)
        self.shape = self.own.execute(SHAPE).fetchone()
        self.marks = self._marks()
        self.fresh = self.holds = content(where)

    def _marks(self) -> dict[str, tuple[int, int]]:
        """For each table what changes with any write: the rows and the youngest of them."""
        return {name: (n, last) for name, n, last in self.own.execute(self.counting).fetchall()}

    def fit(self) -> bool:
        """Whether setting the rows back is enough for the next test."""
        until = time.monotonic() + PARTING
        while self._strangers():
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return self.served < SERVES and self.own.execute(SHAPE).fetchone() == self.shape

    def _strangers(self) -> bool:
        if self.pool is not None and self.pool.checkedout():
            return True
        there = self.own.execute(OTHERS).fetchone()
        return there != (0 if self.pool is None else self.pool.checkedin(),)

    def hold(self, wanted: Content) -> None:
        """Take out what was written and put in what is wanted."""
        now = self._marks()
        stale = {name for name in self.tables if now[name] != self.marks[name]}
        if wanted is not self.holds:
            both = self.holds.rows.keys() | wanted.rows.keys()
            stale |= {n for n in both if self.holds.rows.get(n) != wanted.rows.get(n)}
        with self.own.transaction():
            for name in sorted(stale):
                self.own.execute(SQL("DELETE FROM {}").format(Identifier(name)))
                if name in wanted.rows:
                    how = SQL("COPY {} FROM STDIN (FORMAT binary)").format(Identifier(name))
                    with self.own.cursor().copy(how) as copy:
                        copy.write(wanted.rows[name])
            for name, stands in _stand(self.own, self.standing).items():
                if stands != (due := wanted.sequences[name]):
                    self.own.execute("SELECT setval(%s::regclass, %s, %s)", (name, *due))
        self.holds = wanted
        if stale:
            self.marks = self._marks()
        self.served += 1

    def close(self) -> None:
        """Let go of all connections."""
        if self.pool is not None:
            self.pool.dispose()
        self.own.close()


class Lender:
    """Keeps the database of a worker; `make` and `drop` copy one and remove it."""

    def __init__(self, make: Callable[[], tuple[str, str]], drop: Callable[[str], None]) -> None:
        self.make, self.drop = make, drop
        self.kept: Lent | None = None
        self.out = False

    def lend(self, wanted: Content | None) -> str | None:
        """The address of the database with what is wanted in it; None while it is lent."""
        if self.out:
            return None
        if self.kept is None:
            self.kept = Lent(*self.make())
        self.kept.hold(wanted or self.kept.fresh)
        self.out = True
        return self.kept.url

    def back(self, url: str) -> bool:
        """Take a database back; False for one that was not lent."""
        if not (self.out and self.kept and self.kept.url == url):
            return False
        self.out = False
        if not self.kept.fit():
            self.close()
        return True

    def close(self) -> None:
        """Let go of the database that is kept."""
        if self.kept is not None:
            self.kept.close()
            self.drop(self.kept.url)
            self.kept = None

    def attach(self, engine: Any, url: str) -> Any:
        """Let an engine use the connections that stand to a lent database; answers its own pool.

        The youngest connection is taken first: the plans are with it.
        """
        own = engine.pool
        if not (self.out and self.kept and self.kept.url == url):
            return own
        if self.kept.pool is None:
            self.kept.pool = own.recreate()
            self.kept.pool._pool.use_lifo = True
        engine.pool = self.kept.pool
        return own

    def detach(self, engine: Any, own: Any) -> None:
        """Give an engine its own pool again and close that."""
        if self.kept is not None and engine.pool is self.kept.pool:
            engine.pool = own
        engine.dispose()

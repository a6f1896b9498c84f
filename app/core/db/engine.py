"""Engines: SQLite by default, PostgreSQL by address; both with the same guarantees."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import psycopg
import pysqlite3
from psycopg import pq
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext, make_url

from app.core.db.long_texts import LongCursor

#: The first SQLite release without the WAL-reset fault, which could corrupt a database.
SQLITE_NEEDED = (3, 51, 3)

#: Seconds that a write waits for the one before it. Under the load of a whole office a turn
#: takes a second or two; only a database that is really stuck may tell somebody to come back.
PATIENCE = 20

#: Prepared statements that a connection keeps, and seconds after which it starts afresh. A full
#: store gives its last place to whatever is new, so of two new statements neither stays: the
#: drivers' own 128 and 100 filled up at once, and the rules of a firm were prepared at each write
#: (SQLite 40 ms, PostgreSQL four times what judging takes).
STATEMENTS, AFRESH = 1_000, 3_600

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    f"PRAGMA busy_timeout={PATIENCE * 1000}",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
    "PRAGMA temp_store=MEMORY",
)

#: name → (number of arguments, function): exact integer arithmetic that rooms add for SQLite.
SQLITE_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {}


#: What the server says of a prepared statement that a migration has changed below this process,
#: or that a pooler in between has thrown away.
OUTDATED = (psycopg.errors.FeatureNotSupported, psycopg.errors.InvalidSqlStatementName)


class Keeping(psycopg.Connection[Any]):
    """A connection to PostgreSQL that keeps its prepared statements when it rolls back.

    The driver throws all of them away then, in case a table they read was made in what is undone.
    The only tables made outside the migrations are temporary, and their names are looked up anew;
    but each page ends with a rollback, so nothing stayed prepared: the statement of the rule book
    was planned anew at every write (0.15 s, not 0.01). What no longer fits is met by `OUTDATED`.
    """

    def rollback(self) -> None:
        """End the transaction; raises psycopg.OperationalError when the server is gone."""
        with self.lock:
            if self.pgconn.transaction_status == pq.TransactionStatus.IDLE:
                return
            done = self.pgconn.exec_(b"ROLLBACK")
        if done.status != pq.ExecStatus.COMMAND_OK:
            raise psycopg.OperationalError(done.get_error_message())


def make_engine(url: str) -> Engine:
    """An engine for the address, its connections set up and checked.

    Whatever a process writes that has opened the database (SQLite's files, evidence, backups) is
    from then on readable by its owner only. Raises RuntimeError when the SQLite library is too
    old to be trusted with WAL.
    """
    os.umask(0o077)
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(url)
    return _postgresql(url)


def _sqlite(url: str) -> Engine:
    if pysqlite3.sqlite_version_info < SQLITE_NEEDED:
        raise RuntimeError(
            f"SQLite {pysqlite3.sqlite_version} has the WAL-reset fault; "
            f"{'.'.join(map(str, SQLITE_NEEDED))} or later is needed (package pysqlite3)"
        )
    engine = create_engine(
        url,
        module=pysqlite3,
        paramstyle="named",
        connect_args={
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": PATIENCE,
            "cached_statements": STATEMENTS,
        },
        pool_recycle=AFRESH,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        for name, (arity, function) in SQLITE_FUNCTIONS.items():
            connection.create_function(name, arity, function, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql(url: str) -> Engine:
    address = make_url(url)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(
        address,
        pool_pre_ping=True,
        connect_args={
            "options": "-c jit=off -c timezone=UTC -c lock_timeout=30s",
            "prepare_threshold": 1,
            "cursor_factory": LongCursor,
        },
        pool_recycle=AFRESH,
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, given: Any, named: dict[str, Any]) -> Any:
        return Keeping.connect(*given, **named)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.prepared_max = STATEMENTS

    @event.listens_for(engine, "handle_error")
    def give_up(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, OUTDATED):
            context.is_disconnect = True  # the next connections prepare anew

    return engine

"""Short transactions of their own for what is off the clocks: sessions, throttles, preferences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.core.db.base import OPEN
from app.core.db.engine import PATIENCE
from app.core.db.session import engine
from app.core.db.write import unable
from app.core.errors import Busy

#: PostgreSQL advisory lock of those who count before they write.
ASIDE_LOCK = 0x6A69656C6A


@contextmanager
def aside(*, alone: bool = False, patience: float | None = None) -> Iterator[Connection]:
    """A connection in a transaction that commits at the end and leaves no revision.

    Only for tables without a history. With `alone` nobody else is inside, so that what was
    counted still holds when it is written. `patience`: seconds to wait for a writer, where what
    is to be written is not worth the usual ones. Raises Busy when the database stays locked or
    cannot write.
    """
    if OPEN.get() is not None:
        raise RuntimeError("aside() inside write(): use the session")
    try:
        with engine().connect() as plain:
            connection = plain.execution_options(writing=True)
            with _waiting(connection, patience), connection.begin():
                if alone and connection.dialect.name == "postgresql":
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:key)"), {"key": ASIDE_LOCK}
                    )
                yield connection
    except DBAPIError as error:
        if unable(error):
            raise Busy() from error
        raise


@contextmanager
def _waiting(connection: Connection, patience: float | None) -> Iterator[None]:
    """SQLite waits for a writer so many seconds; on PostgreSQL these tables wait for nobody."""
    if patience is None or connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")

"""Short transactions of their own for what is off the clocks: sessions, throttles, preferences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.core.db.base import OPEN
from app.core.db.session import engine
from app.core.db.write import unable
from app.core.errors import Busy

#: PostgreSQL advisory lock of those who count before they write.
ASIDE_LOCK = 0x6A69656C6A


@contextmanager
def aside(*, alone: bool = False) -> Iterator[Connection]:
    """A connection in a transaction that commits at the end and leaves no revision.

    Only for tables without a history. With `alone` nobody else is inside, so that what was
    counted still holds when it is written. Raises Busy when the database
    stays locked or cannot write.
    """
    if OPEN.get() is not None:
        raise RuntimeError("aside() inside write(): use the session")
    try:
        with engine().connect() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                if alone and connection.dialect.name == "postgresql":
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:key)"), {"key": ASIDE_LOCK}
                    )
                yield connection
    except DBAPIError as error:
        if unable(error):
            raise Busy() from error
        raise

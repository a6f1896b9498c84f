"""Long statements keep the form in which psycopg sends them.

The driver rewrites each text's placeholders, and keeps the result of short texts only. A statement
of the rule book has some hundred thousand characters with a thousand places: rewriting it took
longer than asking it of one firm.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from psycopg import Cursor
from psycopg._queries import (  # the pinned driver has no other way in
    MAX_CACHED_STATEMENT_LENGTH,
    PostgresQuery,
    _query2pg_nocache,
)

#: how many are kept; one takes up to a megabyte
ROOM = 64
#: reads, of which a process makes few; the texts that write many rows differ each time
READS = ("WITH", "SELECT")


@lru_cache(maxsize=ROOM)
def _sent(text: str, encoding: str) -> Any:
    return _query2pg_nocache(text.encode(encoding), encoding)


class LongQuery(PostgresQuery):
    """A query whose text, where long, was read before."""

    __slots__ = ()

    def convert(self, query: Any, vars: Any) -> None:  # named as the driver does
        """Set up the text and its values."""
        long = isinstance(query, str) and len(query) > MAX_CACHED_STATEMENT_LENGTH
        if vars is None or not long or not query.startswith(READS):
            super().convert(query, vars)
            return
        self.query, self._want_formats, self._order, self._parts = _sent(query, self._tx.encoding)
        self.dump(vars)


class LongCursor(Cursor[Any]):
    """A cursor that asks so."""

    _query_cls = LongQuery

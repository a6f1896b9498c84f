"""Writing .csv that a double click opens rightly: UTF-8 with its mark, lines as Excel ends them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from app.exchange.defuse import mark
from app.exchange.out.book import Book, Share, Table, Value

BOM = "\ufeff"
#: Rows between two pieces of the answer.
PIECE = 500


def pieces(book: Book) -> Iterator[bytes]:
    """The tables of a book one below the other, in pieces of some hundred rows."""
    yield BOM.encode()
    for place, table in enumerate(book.tables):
        yield from _table(table, first=place == 0, named=len(book.tables) > 1)


def _table(table: Table, *, first: bool, named: bool) -> Iterator[bytes]:
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    if not first:
        writer.writerow([])
    if named:
        writer.writerow([mark(table.name)])
    writer.writerow([mark(head.whole) for head in table.heads])
    count = 0
    for count, row in enumerate(_rows(table), start=1):
        writer.writerow([text(value) for value in row])
        if count % PIECE == 0:
            yield _taken(held)
    yield _taken(held)


def _rows(table: Table) -> Iterable[Sequence[Value]]:
    yield from table.rows
    if table.total is not None:
        yield table.total


def _taken(held: io.StringIO) -> bytes:
    piece = held.getvalue().encode()
    held.seek(0)
    held.truncate()
    return piece


def text(value: Value) -> str:
    """A value as .csv holds it; numbers plain, so that they are read as numbers."""
    if value is None:
        return ""
    if isinstance(value, str):
        return mark(value)
    if isinstance(value, Share):
        return f"{value.value * 100:f}%"
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)

"""Writing .json for other programs: the same heads, rows and notes, nothing rounded."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from app.core.db import last_revision
from app.exchange.out.book import Book, Share, Table, Value

#: Rows between two pieces of the answer.
PIECE = 500


def pieces(book: Book, day: dt.date) -> Iterator[bytes]:
    """The book as one JSON object, some hundred rows at a time."""
    head = {
        "title": book.title,
        "as_of": day.isoformat(),
        "revision": last_revision(),
        "conditions": [list(one) for one in book.conditions],
        "notes": [list(one) for one in book.notes],
    }
    yield f'{_said(head)[:-1]},"tables":['.encode()
    for place, table in enumerate(book.tables):
        yield (b"," if place else b"") + b"\n"
        yield from _table(table)
    yield b"]}\n"


def _table(table: Table) -> Iterator[bytes]:
    columns = [{"head": h.text, "unit": h.unit, "kind": h.kind} for h in table.heads]
    yield f'{{"name":{_said(table.name)},"columns":{_said(columns)},"rows":['.encode()
    held: list[str] = []
    comma = ""
    for row in table.rows:
        held.append(f"{comma}\n{_said(_plain(row))}")
        comma = ","
        if len(held) == PIECE:
            yield "".join(held).encode()
            held.clear()
    total = _plain(table.total) if table.total is not None else None
    yield f'{"".join(held)}],"total":{_said(total)}}}'.encode()


def _plain(row: Sequence[Value]) -> list[Any]:
    return [plain(value) for value in row]


def plain(value: Value) -> Any:
    """A value as JSON holds it: whole numbers as such, others and shares as exact decimal text."""
    if isinstance(value, Share):
        return f"{value.value:f}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

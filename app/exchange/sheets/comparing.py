"""Old and new beside each other, by the fields of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.core.db import Recorded, session
from app.exchange.sheets.base import Change, Fresh, Given
from app.exchange.sheets.fields import Field, shown

#: Field key → the record's column, where the two differ.
Columns = Callable[[str], str]


def changes(
    row: Given,
    columns: Mapping[str, Field],
    held: Mapping[str, Any] | None,
    record: Recorded | None = None,
    column_of: Columns = str,
) -> tuple[dict[str, Any], Sequence[Change]]:
    """(values to write, what the preview shows): cells left empty change nothing.

    With a `record` and a row of an older export of ours three values are compared: what the
    reader did not touch stays as others have set it since; what both changed is a conflict until
    the row takes a side.
    """
    values = row.values
    if held is None and not row.troubles:  # the usual case: all of it is new
        new = {key: value for key, value in values.items() if key in columns}
        return new, Fresh(columns, new)
    differing: dict[str, Any] = {}
    found: list[Change] = []
    past = _past(record, row.rev) if row.rev is not None else None
    for key, one in columns.items():
        if key not in values:
            if row.troubles:
                _still(row, one, held)
            continue
        given, old = values[key], held.get(key) if held is not None else None
        if old == given or (old is not None and shown(one, old) == shown(one, given)):
            continue
        original = None
        if past is not None:
            before = past[column_of(key)]
            if shown(one, before) == shown(one, given) or row.takes.get(key) == "held":
                continue
            if shown(one, before) != shown(one, old) and row.takes.get(key) != "mine":
                original = shown(one, before)
        differing[key] = given
        found.append(Change(one, old, given, original))
    return differing, found


def _still(row: Given, one: Field, held: Mapping[str, Any] | None) -> None:
    """A cell that cannot be read but says what is held (a word since retired) is no trouble."""
    if held is not None and row.texts.get(one.key) == shown(one, held.get(one.key)):
        row.troubles = [trouble for trouble in row.troubles if trouble.field != one.key]


def _past(record: Recorded | None, rev: int | None) -> Mapping[str, Any] | None:
    """The record as the export gave it; None when it is the present one or was never exported."""
    if record is None or rev is None or record.rev == rev:
        return None
    history = record.__history__
    statement = select(history).where(history.c.id == record.id, history.c.rev == rev)
    found = session.execute(statement).mappings().first()
    return dict(found) if found is not None else None

"""Old and new beside each other, by the fields of a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.exchange.sheets.base import Change, Given
from app.exchange.sheets.fields import Field, shown


def changes(
    row: Given, columns: Iterable[Field], held: Mapping[str, Any] | None
) -> tuple[dict[str, Any], list[Change]]:
    """(values that differ, what the preview shows): cells left empty change nothing."""
    differing: dict[str, Any] = {}
    found = []
    for one in columns:
        if one.key not in row.values:
            continue
        new = row.values[one.key]
        old = held.get(one.key) if held is not None else None
        if old == new or shown(one, old) == shown(one, new):
            continue
        differing[one.key] = new
        found.append(Change(one.key, one.head, shown(one, old), shown(one, new)))
    return differing, found

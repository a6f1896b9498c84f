"""What a report holds for good: its tables in both languages, and every figure that stands there.

The body is canonical JSON with its SHA-256. A figure is kept with all it was asked for, so that
it can be counted again at the same cut, or at a later one, and be compared.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask_babel import force_locale

from app.core.canonical import Frozen, canonical
from app.core.text import LOCALES
from app.criteria.queries import every_in_force
from app.statistics.asof import AsOf, Count
from app.statistics.indicators import Indicator, indicator
from app.statistics.queries.figures import Desk, Figure
from app.statistics.reports.parts import PARTS
from app.statistics.tables import Line, Table

#: (code, day, counting, filters) of a figure
Key = tuple[str, str, str, tuple[tuple[str, str], ...]]
ENTRIES = ("name", "definition", "unit", "source", "rounding", "numerator", "denominator")


@dataclass(frozen=True)
class Body(Frozen):
    """A frozen report."""

    @property
    def asof(self) -> AsOf:
        """The question it answered; its cut is in the past."""
        held = self.content
        day = dt.date.fromisoformat(held["as_of"])
        return AsOf(day, held["cut"], False, Count(held["count"]))

    def tables(self, language: str) -> list[dict[str, Any]]:
        """Its tables in a language."""
        return self.content["tables"][language]  # type: ignore[no-any-return]

    def definitions(self, language: str) -> list[dict[str, Any]]:
        """The register's entries as they stood then."""
        return self.content["definitions"][language]  # type: ignore[no-any-return]

    @cached_property
    def figures(self) -> list[Figure]:
        """Its figures, in the order in which cells point to them."""
        return [
            _figure(
                (one["code"], one["day"], one["count"], tuple(map(tuple, one["filters"]))),
                one["value"], self.asof,
            )
            for one in self.content["figures"]
        ]  # fmt: skip


class Ledger:
    """The figures of a report, each once, in the order of their first cell."""

    def __init__(self) -> None:
        self.values: dict[Key, int] = {}
        self._places: dict[Key, int] = {}

    def place(self, figure: Figure) -> int:
        """Where a figure stands. RuntimeError when it was told with another value before."""
        key = key_of(figure)
        if self.values.setdefault(key, figure.value) != figure.value:
            raise RuntimeError(f"two values of one figure: {key}")
        return self._places.setdefault(key, len(self._places))


def key_of(figure: Figure) -> Key:
    """What a figure was asked for, without its cut."""
    asof = figure.asof
    filters = tuple(sorted(figure.filters))
    return figure.indicator.code, asof.day.isoformat(), asof.count.value, filters


def freeze(desk: Desk, keys: Sequence[str]) -> Body:
    """The parts of a report as they stand at the desk's day and cut."""
    held = Ledger()
    tables, definitions = {}, {}
    for language in LOCALES:
        with force_locale(language):
            tables[language], codes = told(desk, keys, held)
            definitions[language] = [_definition(indicator(code)) for code in sorted(codes)]
    content = {
        "as_of": desk.asof.day.isoformat(),
        "cut": desk.asof.cut,
        "count": desk.asof.count.value,
        "parts": list(keys),
        "tables": tables,
        "definitions": definitions,
        "figures": [
            {"code": code, "day": day, "count": count, "filters": filters, "value": value}
            for (code, day, count, filters), value in held.values.items()
        ],
        "standards": [
            {"rule": rule, "version": one.number, "hash": one.content_hash}
            for rule, one in sorted(every_in_force(desk.asof.day).items())
        ],
    }
    return Body(canonical(content))


def told(desk: Desk, keys: Sequence[str], held: Ledger) -> tuple[list[dict[str, Any]], set[str]]:
    """The tables in the reader's language, their figures put into the ledger, and the codes of
    all indicators in them."""
    made = [(key, PARTS[key].make(desk)) for key in keys]
    tables = [_table(key, one, held) for key, one in made]
    codes = {code for _key, one in made for code in one.entries}
    return tables, codes | {key[0] for key in held.values}


def _table(key: str, table: Table, held: Ledger) -> dict[str, Any]:
    return {
        "key": key,
        "title": PARTS[key].name,
        "remark": table.remark,
        "way": dict(table.ways).get(table.by, ""),
        "heads": [list(head) for head in table.heads],
        "lines": [_line(line, held) for line in table.lines],
        "total": _line(table.total, held) if table.total else None,
    }


def _line(line: Line, held: Ledger) -> dict[str, Any]:
    cells: list[dict[str, Any]] = []
    for cell in line.cells:
        cells.append({"text": cell.text})
        if cell.figure is not None:
            cells[-1]["figure"] = held.place(cell.figure)
    return {"name": line.name, "cells": cells}


def _definition(entry: Indicator) -> dict[str, Any]:
    words = {name: entry.words(name) if getattr(entry, name) else "" for name in ENTRIES[1:]}
    return {"code": entry.code, "version": entry.version, "name": entry.name, **words}


@dataclass(frozen=True)
class Change:
    """A figure that is another one now: what was said, and what is counted now."""

    was: Figure
    now: Figure


def changes(desk: Desk, body: Body) -> list[Change]:
    """Figures of a report that are others at the desk's cut; one that has no cell counts 0."""
    again = Ledger()
    told(desk, body.content["parts"], again)
    return differing(desk, body, again)


def differing(desk: Desk, body: Body, again: Ledger) -> list[Change]:
    """The same of figures that were told at the desk already."""
    then = {key_of(figure): figure for figure in body.figures}
    found = []
    for key in dict.fromkeys((*then, *again.values)):
        was = then[key].value if key in then else 0
        now = again.values.get(key, 0)
        if was != now:
            found.append(Change(_figure(key, was, body.asof), _figure(key, now, desk.asof)))
    return found


def cells(tables: Sequence[dict[str, Any]]) -> Counter[tuple[str, ...]]:
    """What the cells of tables say, line by line, in any order: names beside them may change."""
    return Counter(
        (table["key"], *(cell["text"] for cell in line["cells"]))
        for table in tables
        for line in (*table["lines"], *([table["total"]] if table["total"] else []))
    )


def _figure(key: Key, value: int, asof: AsOf) -> Figure:
    code, day, count, filters = key
    on = dt.date.fromisoformat(day)
    return Figure(indicator(code), replace(asof, day=on, count=Count(count)), value, filters)

"""影响报告 of a first version as files: how all would stand by each way, and each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from app.core.access import Viewer
from app.core.text import _
from app.exchange.out.book import Book, Head, Table, Value
from app.workbench.whatif import firsts
from app.workbench.whatif.asked import called, choices, within
from app.workbench.whatif.effect import DISPLAY_WORDS, Line
from app.workbench.whatif.firsts import First
from app.workbench.whatif.naming import name_heads, names, several, size_cells
from app.workbench.whatif.tables import Row


def report(viewer: Viewer, rule: str, number: int, day: dt.date) -> Book:
    """The page of the report: its tables, and every subject with its result."""
    found = firsts.first(viewer, rule, number, day)
    tables = [_by(viewer, found, way) for way in found.about.ways]
    tables.append(_subjects(viewer, found, found.effect.lines))
    return Book(_("影响报告"), tables, firsts.told(found) + several(found.about))


def listed(viewer: Viewer, rule: str, number: int, day: dt.date) -> Book:
    """The list behind a number of it."""
    found = firsts.first(viewer, rule, number, day)
    kind, held = found.about, firsts.asked(viewer, found.about)
    words = choices(viewer, kind)
    said = [(called(kind, key), f"{_('为')} {words[key][value]}") for key, value in held.items()]
    table = _subjects(viewer, found, within(found.effect, held))
    return Book(_("影响报告"), [table], firsts.told(found), said)


def _by(viewer: Viewer, found: First, way: str) -> Table:
    kind, by = found.about, firsts.groups(viewer, found, way)
    heads = [Head(_(kind.ways[way])), *(Head(*one) for one in _numbers(found))]
    lines: list[Sequence[Value]] = [_cells(row) for row in by.rows]
    return Table(_(kind.by[way]), heads, lines, total=_cells(by.total))


def _numbers(found: First) -> Iterable[tuple[str, str, str]]:
    for text, unit in firsts.heads(found.about):
        yield text, "number", unit or ""


def _cells(row: Row) -> list[Value]:
    return [row.name, *(number for number, _url in row.cells), *size_cells(row)]


def _subjects(viewer: Viewer, found: First, lines: Sequence[Line]) -> Table:
    kind = found.about
    heads = [
        *name_heads(kind), Head(_("结果")),
        *(Head(_(size.text), "number", _(size.unit)) for size in kind.sizes),
    ]  # fmt: skip
    rows = (
        [*name, _(DISPLAY_WORDS[line.after]), *line.sizes]
        for line, name in names(viewer, kind, lines)
    )
    return Table(kind.say("noun"), heads, rows)

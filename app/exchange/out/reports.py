"""A numbered report as a workbook: a sheet a table, the definitions on the first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Flask

from app.core.access import Permission, Viewer
from app.core.filters import day as day_words
from app.core.text import _, language
from app.exchange.out.book import Book, Export, Head, Table, Value, offer, typed
from app.statistics.reports import service


def build(viewer: Viewer, _day: dt.date, path: Mapping[str, Any]) -> Book:
    """The very cells that were frozen."""
    row = service.one(viewer, str(path.get("pid", "")))
    body, tongue = service.body_of(row), language()
    tables = [_table(one) for one in body.tables(tongue)]
    notes = [
        (_("报告编号"), row.number),
        (_("状态"), row.state.label),
        (_("统计时点"), day_words(row.as_of)),
        (_("数据截至"), _("修订号 %(n)s", n=row.cut)),
        (_("毕业口径"), body.asof.count.label),
        (_("内容摘要"), row.digest),
        *((f"{one['code']} {one['name']}", one["definition"]) for one in body.definitions(tongue)),
    ]
    return Book(f"{row.number} {row.title}", tables, notes)


def _table(one: dict[str, Any]) -> Table:
    heads = [
        Head(one["way"] or _("项目")),
        *(Head(text, "text", unit) for text, unit in one["heads"]),
    ]
    total = _row(one["total"]) if one["total"] else None
    return Table(one["title"], heads, [_row(line) for line in one["lines"]], total)


def _row(line: dict[str, Any]) -> list[Value]:
    return [line["name"], *(typed(cell["text"]) for cell in line["cells"])]


def init_app(app: Flask) -> None:
    """Register it."""
    offer(app, Export("reports.report", (Permission.STATISTICS_READ,), build))

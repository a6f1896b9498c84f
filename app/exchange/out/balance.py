"""空间供需 and the lists behind its figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Flask, request

from app.core.access import Permission, Viewer
from app.core.errors import NotFound
from app.core.filters import period
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.pipeline.queries import balance as reads


def table(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The very figures of the page."""
    reads.need_all(viewer)
    found = reads.balance(viewer, request.args.get("by", "sector"), day)
    heads = [Head(_("领域") if found.by == "sector" else _("片区"))]
    for one in found.quarters:
        for word in (_("需求"), _("可供"), _("溢出")):
            heads.append(Head(f"{period(one)} {word}", "number", "㎡"))

    def row(line: reads.Line) -> list[Value]:
        return [line.name, *(n for c in line.cells for n in (c.demand, c.supply, c.over))]

    sheet = Table(_("空间供需"), heads, [row(line) for line in found.lines], row(found.total))
    return Book(_("空间供需"), [sheet])


def rows(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The searches or units behind a figure."""
    reads.need_all(viewer)
    asked = request.args
    number, kind = asked.get("quarter", type=int), asked.get("kind", "")
    if number is None:
        raise NotFound()
    by, code = asked.get("by", "sector"), asked.get("row", "")
    found = reads.behind(viewer, by, code, number, kind, day)
    need = kind == reads.DEMAND
    heads = [
        Head(_("企业") if need else _("载体")), Head(_("用途") if need else _("房源")),
        Head(_("面积"), "number", "㎡"), Head(_("最迟入驻日") if need else _("可入驻日"), "day"),
    ]  # fmt: skip
    title = _("空间需求") if need else _("可供房源")
    lines: list[list[Value]] = [[one.name, reads.detail_of(one), one.m2, one.day] for one in found]
    conditions = [(_("范围"), reads.name_of(by, code))] if code else []
    return Book(title, [Table(title, heads, lines)], conditions=conditions)


def init_app(app: Flask) -> None:
    """Register both."""
    read = (Permission.STATISTICS_READ,)
    offer(app, Export("pipeline.balance", read, table), Export("pipeline.balance_list", read, rows))

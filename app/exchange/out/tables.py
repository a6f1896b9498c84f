"""The tables of the statistics, and incubators side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, request

from app.core.access import Permission, Viewer
from app.core.errors import NotFound
from app.core.terms import term
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer, typed
from app.exchange.out.figures import defined, question, told
from app.statistics import tables
from app.statistics.addresses import points
from app.statistics.indicators import indicator
from app.statistics.queries import carriers
from app.statistics.queries.figures import Desk

Maker = Callable[[Desk], tables.Table]
READ = (Permission.STATISTICS_READ,)


def _year(desk: Desk) -> int:
    year = request.args.get("year", desk.asof.year, type=int)
    if not 1990 <= year <= desk.asof.year:
        raise NotFound()
    return year


def _by(otherwise: str) -> str:
    return request.args.get("by", otherwise)


def book_of(make: Maker) -> Callable[[Viewer, dt.date, Mapping[str, Any]], Book]:
    """An export of one of the tables: the very cells of its page."""

    def build(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
        asked, desk = question(viewer, day)
        table = make(desk)
        way = dict(table.ways).get(table.by) or _("入孵年份")
        lines = [[line.name, *(typed(cell.text) for cell in line.cells)] for line in table.lines]
        total: list[Value] | None = None
        if table.total is not None:
            total = [table.total.name, *(typed(cell.text) for cell in table.total.cells)]
        heads = [Head(way), *(_head(text, unit) for text, unit in table.heads)]
        notes = [*told(asked), *(defined(indicator(code)) for code in table.entries)]
        conditions = [(_("分组"), way)]
        if table.year:
            conditions.append((_("年度"), str(table.year)))
        return Book(table.title, [Table(table.title, heads, lines, total)], notes, conditions)

    return build


def _head(text: str, unit: str) -> Head:
    return Head(text, "text", unit)


def comparison(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """Incubators side by side over three years; small ones have no rate, as on the page."""
    asked, desk = question(viewer, day)
    found = carriers.compare(desk)

    def row(one: carriers.CarrierLine, name: str) -> list[Value]:
        rate, low, high = _rate(one)
        return [
            name, one.type.label if one.type else None, term("sector", one.sector) or None,
            one.inside.value, one.entered.value, one.graduated.value, rate, low, high,
            one.sheet.label if one.due and one.sheet else _("未报") if one.due else None,
        ]  # fmt: skip

    lines = [row(one, one.name) for one in found.lines]
    sums = row(found.total, _("合计 %(n)s 家", n=len(found.lines)))
    number = "number"
    heads = [
        Head(_("孵化器")), Head(_("类型")), Head(_("主要领域")), Head(_("在孵"), number, _("家")),
        Head(_("三年入孵"), number, _("家")), Head(_("三年毕业"), number, _("家")),
        Head(_("毕业率"), "text", _("每百家·年")), Head(_("95% 区间下限"), "text"),
        Head(_("95% 区间上限"), "text"), Head(_("季报")),
    ]  # fmt: skip
    title = _("孵化器毕业情况")
    window = _("%(a)s 至 %(b)s", a=found.since.isoformat(), b=asked.asof.day.isoformat())
    notes = [*told(asked), (_("三年窗口"), window)]
    return Book(title, [Table(title, heads, lines, sums)], notes)


def _rate(one: carriers.CarrierLine) -> tuple[Value, Value, Value]:
    if one.rate is None:
        return None, None, None
    value, interval = one.rate
    shown = _("样本不足") if one.weak else typed(points(value))
    return shown, typed(points(interval.low)), typed(points(interval.high))


def init_app(app: Flask) -> None:
    """Register them."""
    made: dict[str, Maker] = {
        "graduations": lambda desk: tables.graduations(desk, _by("year"), _year(desk)),
        "stock": lambda desk: tables.stock(desk, _by("type")),
        "hatched": lambda desk: tables.hatched(desk, _by("carrier")),
        "cohort_years": tables.cohort_years,
    }
    for name, make in made.items():
        offer(app, Export(f"statistics.{name}", READ, book_of(make), asks_day=True))
    offer(app, Export("statistics.comparison", READ, comparison, asks_day=True))

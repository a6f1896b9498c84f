"""The list behind a figure of the statistics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, request

from app.core.access import Permission, Viewer, viewer
from app.core.db import session, steady
from app.core.filters import day as day_words
from app.core.terms import term
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer, typed
from app.statistics import joined, listing
from app.statistics.dimensions import DIMENSIONS, in_words
from app.statistics.forms import Question, ask
from app.statistics.indicators import Indicator, indicator
from app.statistics.queries.figures import Desk
from app.statistics.scope import scope_of

PIECE = 1_000


def question(viewer: Viewer, day: dt.date) -> tuple[Question, Desk]:
    """The question of the address, answered from one snapshot."""
    steady()
    found = ask(request.args, day)
    return found, Desk.of(viewer, found.asof)


def told(asked: Question) -> list[tuple[str, str]]:
    """As of when, and how graduations count."""
    asof = asked.asof
    notes = [
        (_("统计时点"), day_words(asof.day)),
        (_("数据截至"), _("%(day)s，修订号 %(n)s", day=day_words(asked.known_on), n=asof.cut)),
        (_("毕业口径"), asof.count.label),
    ]
    if asof.joined is not None and scope_of(viewer()).whole:
        lines = _("；").join(joined.told(asof)) or _("这一天没有载体被承接。")
        notes.append((_("可比口径"), lines))
    return notes


def defined(entry: Indicator) -> tuple[str, str]:
    """统计口径 of an indicator, for the first sheet."""
    words = _("%(words)s（单位：%(unit)s；来源：%(source)s；版本 %(n)s）",
              words=entry.words("definition"),
              unit=entry.words("unit"), source=entry.words("source"), n=entry.version)  # fmt: skip
    return f"{entry.code} {entry.name}", words


def _rows(desk: Desk, entry: Indicator, filters: dict[str, str]) -> Iterator[list[Value]]:
    found = session.execute(
        desk.listed(entry.code, filters).execution_options(yield_per=PIECE)
    )  # fmt: skip
    for row in found:
        yield texts(desk, entry, row)


def texts(desk: Desk, entry: Indicator, row: Any) -> list[Value]:
    """The cells of one row of a list, as its page shows them."""
    if entry.subject == "carrier":
        start: list[Value] = [row.carrier_name]
    elif listing.masked(row, desk):
        start = [_("仅计数企业"), None, row.carrier_name]
    else:
        start = [row.firm_name, row.firm_code or _("创业团队"), row.carrier_name]
    words = (listing.kind(row), term("sector", row.sector) or None, listing.place(row))
    columns = listing.columns(entry)
    return [*start, *map(_text, words), *(_text(column.cell(row)) for column in columns)]


def _text(shown: str | None) -> Value:
    """A word of the list; a day stays what it is, a dash is nothing."""
    try:
        return dt.date.fromisoformat(shown or "")
    except ValueError:
        found = typed(shown)
        return found if found is None else str(shown)


def build(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The list that the address asks for."""
    asked, desk = question(viewer, day)
    entry = indicator(request.args.get("indicator", ""))
    filters = {key: request.args[key] for key in request.args if key in DIMENSIONS}
    desk.filtered(entry.code, filters)
    first = [] if entry.subject == "carrier" else [
        Head(_("企业")), Head(_("统一社会信用代码"), "code"),
    ]  # fmt: skip
    heads = [
        *first, Head(_("载体")), Head(_("载体类型")), Head(_("领域")), Head(_("街镇 · 片区")),
        *(Head(column.name) for column in listing.columns(entry)),
    ]  # fmt: skip
    conditions = [
        (name, f"{relation} {value}") for _key, name, relation, value in in_words(filters)
    ]
    table = Table(_("名单"), heads, _rows(desk, entry, filters))
    return Book(entry.name, [table], [*told(asked), defined(entry)], conditions)


def init_app(app: Flask) -> None:
    """Register it."""
    offer(app, Export("statistics.listing", (Permission.STATISTICS_READ,), build, asks_day=True))

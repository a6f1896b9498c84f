"""数据增减变动说明: the terms between two points, and for one figure the firms behind each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, request

from app.core.access import Permission, Viewer
from app.core.db import session, steady
from app.core.filters import day as day_words
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.exchange.out.figures import defined, texts
from app.statistics import dimensions
from app.statistics.changes.asked import Ends, ends, filters_of
from app.statistics.changes.lists import key_splits
from app.statistics.changes.split import MEANINGS, Split, Term, split
from app.statistics.changes.traces import told, traces
from app.statistics.forms import Question
from app.statistics.listing import columns
from app.statistics.queries.figures import Desk

NUMBER = "number"


def build(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """What the page shows: all key figures, or one figure with its lists."""
    steady()
    asked = ends(request.args, viewer, day)
    desk = Desk.of(viewer, asked.now.asof)
    code = request.args.get("indicator", "")
    if not code:
        found = key_splits(desk, asked.then.asof)
        return Book(_("数据增减变动说明"), [_overall(found)], _notes(asked))
    filters = filters_of(request.args)
    one = split(desk, asked.then.asof, code, filters)
    entry = one.now.indicator
    conditions = [(name, f"{how} {value}") for _k, name, how, value in dimensions.in_words(filters)]
    tables = [_terms(one), _lists(desk, one)] if one.parts else [_terms(one)]
    return Book(_("%(name)s增减变动", name=entry.name), tables, [*_notes(asked), defined(entry)],
                conditions)  # fmt: skip


def _notes(asked: Ends) -> list[tuple[str, str]]:
    return [
        (_("起点"), _end(asked.then)), (_("终点"), _end(asked.now)),
        *((term.label, _(words)) for term, words in MEANINGS.items()),
    ]  # fmt: skip


def _end(question: Question) -> str:
    asof = question.asof
    known = _("数据截至 %(day)s，修订号 %(n)s", day=day_words(question.known_on), n=asof.cut)
    return f"{_('统计时点 %(day)s', day=day_words(asof.day))} · {known}"


def _overall(rows: list[Split]) -> Table:
    heads = [
        Head(_("指标")), Head(_("条件")), Head(_("起点"), NUMBER),
        *(Head(term.label, NUMBER) for term in Term),
        Head(_("终点"), NUMBER), Head(_("相差"), NUMBER),
    ]  # fmt: skip

    def line(one: Split) -> list[Value]:
        parts = (one.part(term.value) for term in Term)
        return [
            one.now.indicator.name, dimensions.told(dict(one.now.filters)) or None, one.then.value,
            *(part.net if part else None for part in parts), one.now.value, one.difference,
        ]  # fmt: skip

    return Table(_("主要指标"), heads, [line(one) for one in rows])


def _terms(one: Split) -> Table:
    heads = [Head(_("增减项目")), Head(_("含义"))]
    heads += [Head(text, NUMBER) for text in (_("增"), _("减"), _("数值"))]
    lines: list[list[Value]] = [[_("起点"), None, None, None, one.then.value]]
    for part in one.parts:
        lines.append([part.term.label, _(MEANINGS[part.term]), part.plus, -part.minus, part.net])
    return Table(_("从起点到终点"), heads, lines, [_("终点"), None, None, None, one.now.value])


def _lists(desk: Desk, one: Split) -> Table:
    entry = one.now.indicator
    first = (
        [] if entry.subject == "carrier" else [Head(_("企业")), Head(_("统一社会信用代码"), "code")]
    )
    heads = [
        Head(_("增减项目")), Head(_("增减")), *first, Head(_("载体")), Head(_("载体类型")),
        Head(_("领域")), Head(_("街镇 · 片区")), *(Head(c.name) for c in columns(entry)),
        Head(_("记录变动")),
    ]  # fmt: skip
    return Table(_("名单"), heads, _rows(desk, one))


def _rows(desk: Desk, one: Split) -> Iterator[list[Value]]:
    entry, filters = one.now.indicator, dict(one.now.filters)
    for part in one.parts:
        learned = part.before.cut != part.after.cut
        for sign, asof, members in (("+", part.after, part.came), ("−", part.before, part.went)):
            if not members:
                continue
            at, ids = desk.at(asof), list(members)
            why = told(traces(entry.code, ids, part.before.cut, part.after.cut)) if learned else {}
            for row in session.execute(at.listed(entry.code, filters, only=ids)):
                said = why.get(getattr(row, entry.subject_column), [])
                trace = _("；").join(f"{held.what} · {held.who}" for held in said)
                yield [part.term.label, sign, *texts(at, entry, row), trace or None]


def init_app(app: Flask) -> None:
    """Register it."""
    offer(app, Export("changes.index", (Permission.STATISTICS_READ,), build, asks_day=True))

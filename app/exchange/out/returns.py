"""Returns: the list of a period, and the sheet of one carrier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, request

from app.carriers.models import Return, ReturnState
from app.carriers.queries.returns import find_return, narrowed, newest_period, reminders, returns
from app.core.access import Permission, Viewer
from app.core.days import SHANGHAI, Period
from app.core.db import session
from app.core.filters import period as period_words
from app.core.paging import asked
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, heads_of, offer, wan_of
from app.firms import sheet
from app.firms.figure_columns import FigureColumn, for_period
from app.firms.queries.returns import progress

READ = (Permission.RETURN_SUBMIT, Permission.RETURN_CHECK, Permission.CARRIER_FIGURES)


def _period(viewer: Viewer, day: dt.date) -> Period:
    try:
        return Period.parse(request.args.get("period", ""))
    except ValueError:
        return newest_period(viewer) or Period.of(day).previous


def listed(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The returns of the period and state asked for."""
    period, state, q = _period(viewer, day), asked("state"), asked("q")
    reminds = viewer.may(Permission.RETURN_CHECK)

    def rows() -> Iterator[list[Value]]:
        statement = narrowed(returns(viewer), period, state=state, q=q, day=day)
        found = list(session.scalars(statement))
        done, told = progress(found, day), reminders(found) if reminds else {}
        for one in found:
            filled, firms = done.get(one.id, (0, 0))
            row: list[Value] = [
                one.carrier.short_name, one.state.label, filled, firms, one.due_on,
                one.submitted_at.astimezone(SHANGHAI).date() if one.submitted_at else None,
            ]  # fmt: skip
            yield [*row, len(told.get(one.id, []))] if reminds else row

    heads = [
        Head(_("载体")), Head(_("状态")), Head(_("已填企业"), "number", _("家")),
        Head(_("应填企业"), "number", _("家")), Head(_("截止日"), "day"),
        Head(_("报送日期"), "day"),
    ]  # fmt: skip
    if reminds:
        heads.append(Head(_("催报"), "number", _("次")))
    conditions = [(_("报告期"), period_words(period))]
    if state:
        views = {"open": _("未报"), "late": _("逾期"), "filed": _("已报")}
        words = views | {one.value: one.label for one in ReturnState if one.value not in views}
        conditions.append((_("状态"), words.get(state, _("全部"))))
    if q:
        conditions.append((_("载体名称"), q))
    table = Table(_("报表"), heads, rows())
    return Book(_("%(period)s报表", period=period_words(period)), [table], conditions=conditions)


def value_of(column: FigureColumn, value: int | None) -> Value:
    """A figure as a sheet holds it: exact 万元, or heads."""
    return heads_of(value) if column.unit == "heads" else wan_of(value)


def head_of(column: FigureColumn) -> Head:
    """The head of a figure."""
    kind = "exact" if column.unit == "heads" else "wan"
    return Head(column.label, kind, column.unit_text)


def one(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The figures of one carrier's firms in one period, with their sums."""
    found: Return = find_return(viewer, str(path.get("pid", "")))
    period, columns = Period(found.year, found.quarter), for_period(found.quarter)
    lines = sheet.build(viewer, found, day)
    rows = [
        [line.firm.name, line.firm.code,
         *(value_of(cell.column, cell.value) for cell in line.cells), line.said or None]
        for line in lines
    ]  # fmt: skip
    sums = [value_of(cell.column, cell.value) for cell in sheet.totals(lines)]
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"),
        *(head_of(column) for column in columns), Head(_("说明")),
    ]  # fmt: skip
    title = _("%(carrier)s%(period)s报表", carrier=found.carrier.short_name,
              period=period_words(period))  # fmt: skip
    notes = [
        (_("报表状态"), found.state.label),
        (_("口径"), _("季度数为 1—本季累计；来源为快报。")),
    ]
    table = Table(period_words(period), heads, rows, [_("合计"), None, *sums, None])
    return Book(title, [table], notes, [(_("报告期"), period_words(period))])


def init_app(app: Flask) -> None:
    """Register both."""
    offer(
        app,
        Export("firms.returns_list", READ, listed),
        Export("firms.return_sheet", READ, one),
    )

"""The list of firms as a file: the rows, columns, order and rights of the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Flask, request
from sqlalchemy import Select, select

from app.core.access import Permission, Viewer
from app.core.db import session
from app.core.panels import Column
from app.core.text import N_, _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer, typed
from app.firms.models import Firm
from app.workbench import firm_list, list_views, verdict_filters
from app.workbench.doors import countable_where

#: Firms whose cells are asked for at once: one assessment costs much the same for more of them.
PIECE = 2_000

Parts = tuple[tuple[str, str, Callable[[Any], Value]], ...]
#: Columns that show several things in one cell: a file holds each in a column of its own.
APART: dict[str, Parts] = {
    "carrier": (
        (N_("载体"), "", lambda cell: cell["carrier"]),
        (N_("领域"), "", lambda cell: cell["sector"] or None),
    ),
    "months": (
        (N_("在孵月数"), N_("月"), lambda cell: cell["used"]),
        (N_("在孵期限"), N_("月"), lambda cell: cell["allowed"]),
        (N_("延长至"), "", lambda cell: cell["extended"]),
    ),
    "graduation": (
        (N_("毕业条件"), "", lambda cell: dict(verdict_filters.shown()).get(str(cell))),
    ),
    "basis": ((N_("依据或差距"), "", str),),
}


def parts_of(column: Column) -> Parts:
    """What a column of the page gives: head, unit and value of each of its parts."""
    return APART.get(column.key) or ((column.text, column.unit, typed),)


def rows(
    statement: Select[Any], viewer: Viewer, day: dt.date, columns: list[tuple[Column, Parts]]
) -> Iterator[list[Value]]:
    """The firms in order, some hundred at a time."""
    found = list(session.scalars(statement.with_only_columns(Firm.id)))
    for start in range(0, len(found), PIECE):
        ids = found[start : start + PIECE]
        listed = firm_list.named_ids(viewer, ids)
        names = {
            row.id: row
            for row in session.execute(
                select(Firm.id, Firm.name, Firm.code).where(Firm.id.in_(listed)).order_by(Firm.id)
            )
        }
        cells = {c.key: c.cells(viewer, listed, day) if c.cells else {} for c, _parts in columns}
        for firm_id in ids:
            known = names.get(firm_id)
            row: list[Value] = (
                [known.name, known.code or _("创业团队")] if known else [_("仅计数企业"), None]
            )
            for column, parts in columns:
                held = cells[column.key].get(firm_id)
                row += [None if held is None else value(held) for _text, _unit, value in parts]
            yield row
        session.expunge_all()


def build(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The list as the address asks for it."""
    asked = firm_list.conditions_asked(list_views.start(viewer))
    sort = request.args.get("sort") or ("name" if asked.get("q") else firm_list.USEFUL)
    statement = firm_list.ordered(countable_where(viewer, day, asked), viewer, day, sort)
    shown, _offered = firm_list.chosen_columns(viewer)
    columns = [(column, parts_of(column)) for column in shown]
    heads = [Head(_("企业名称")), Head(_("统一社会信用代码"), "code")]
    for column, parts in columns:
        kind = "exact" if column.numeric else "text"
        heads += [Head(_(text), kind, _(unit)) for text, unit, _value in parts]
    words = [
        (_(text), f"{_(relation)} {value}") for text, relation, value, _key in firm_list.told(asked)
    ]
    return Book(
        _("企业名单"),
        [Table(_("企业"), heads, rows(statement, viewer, day, columns))],
        notes=[(_("统计时点"), day.isoformat())],
        conditions=words,
    )


def init_app(app: Flask) -> None:
    """Register it."""
    offer(app, Export("workbench.firms", (Permission.FIRM_READ,), build))

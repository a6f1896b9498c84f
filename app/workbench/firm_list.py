"""The list of firms: search, conditions in the address, saved views, chosen columns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request, url_for
from sqlalchemy import Select, case, select

from app.accounts.queries import saved_views
from app.core.access import AnyViewer, Viewer
from app.core.db import session
from app.core.paging import Page, paginate, paginate_once
from app.core.panels import Column, Filter, collect, registry
from app.core.text import N_, _
from app.firms import queries
from app.firms.models import Firm
from app.workbench.doors import count, countable_where, counted, narrowed

#: says that the list is wanted without the conditions it starts with
WHOLE = "whole"
#: page under which views of the list are kept
SAVED = "firms"
#: arguments of the address that are not conditions
#: order of a list that asks for none: the limit of incubation that is reached first on top
USEFUL = "months"
CONTROLS = ("q", "sort", "page", "size", "col", "go")


@dataclass(frozen=True)
class Condition:
    """One condition in words, with the address of the list without it."""

    field: str
    relation: str
    value: str
    href: str
    count: int | None = None

    @property
    def chip(self) -> tuple[str, str, str, str]:
        """For the row of conditions."""
        return self.field, self.relation, self.value, self.href

    @property
    def way_out(self) -> tuple[str, int | None, str]:
        """For a list without rows: the condition, and what dropping it would give."""
        return f"{self.field} {self.relation} {self.value}", self.count, self.href


@dataclass(frozen=True)
class FirmList:
    """Everything the page of the list shows."""

    page: Page
    #: firms with their cells; None stands for a firm that may only be counted
    rows: list[tuple[Firm | None, dict[str, Any]]]
    columns: list[Column]
    offered: list[Column]
    conditions: list[Condition]
    filters: list[tuple[Filter, list[tuple[str, str]]]]
    tabs: list[dict[str, Any]]
    sort: str
    query: str
    total: int
    #: conditions in force, as the address would say them
    asked: dict[str, str]
    #: the list without any condition
    whole: str


def conditions_asked(start: dict[str, str]) -> dict[str, str]:
    """The conditions of the address; those the reader's list starts with when it has none."""
    given = {k: v for k, v in request.args.items() if v and (k not in CONTROLS or k == "q")}
    if not given:
        return dict(start)
    return {k: v for k, v in given.items() if k != WHOLE}


def whole(start: dict[str, str]) -> str:
    """The address of the list without any condition."""
    return url_for("workbench.firms") + (f"?{WHOLE}=1" if start else "")


def chosen_columns(viewer: AnyViewer) -> tuple[list[Column], list[Column]]:
    """(shown, offered) columns; each `col` in the address names one to show."""
    offered = sorted((c for c in registry().columns if c.shows(viewer)), key=lambda c: c.position)
    wanted = request.args.getlist("col")
    shown = [c for c in offered if (c.key in wanted if wanted else c.default)]
    return shown, offered


def ordered(statement: Select[Any], viewer: AnyViewer, day: dt.date, sort: str) -> Select[Any]:
    """The statement in the order asked for; by name when nothing is asked.

    Firms that may only be counted come last: their place among the others would tell of them.
    """
    key, down = sort.lstrip("-"), sort.startswith("-")
    column = next((c for c in registry().columns if c.key == key and c.sort), None)
    statement = statement.order_by(None)
    listed = queries.named(viewer)
    if listed is not None:
        statement = statement.order_by(case((listed, 0), else_=1))
    if column is not None and column.sort is not None:
        by = column.sort(viewer, day)
        statement = statement.order_by((by.desc() if down else by.asc()).nulls_last())
    elif key == "name" and down:
        return statement.order_by(Firm.sort_key.desc(), Firm.id.desc())
    return statement.order_by(Firm.sort_key, Firm.id)


def build(viewer: Viewer, day: dt.date, start: dict[str, str]) -> FirmList:
    """The list as the address asks for it; `start`: conditions of a bare address."""
    asked = conditions_asked(start)
    sort = request.args.get("sort") or ("name" if asked.get("q") else USEFUL)
    statement = ordered(countable_where(viewer, day, asked), viewer, day, sort)
    if asked.get("q"):
        page = paginate_once(statement, Firm)
    else:
        page = paginate(statement, total=counted(viewer, day, asked))
    shown, offered = chosen_columns(viewer)
    ids = named_ids(viewer, [firm.id for firm in page.items])
    cells = {c.key: c.cells(viewer, ids, day) if c.cells and ids else {} for c in shown}
    rows = [
        (firm if firm.id in ids else None, {c.key: cells[c.key].get(firm.id) for c in shown})
        for firm in page.items
    ]
    every = counted(viewer, day, {})
    return FirmList(
        page=page,
        rows=rows,
        columns=shown,
        offered=offered,
        conditions=_conditions(viewer, day, asked, whole(start), with_counts=page.total == 0),
        filters=[(f, f.choices()) for f in sorted(registry().filters, key=lambda f: f.position)],
        tabs=_tabs(viewer, day, every, asked, whole(start)),
        sort=sort,
        query=asked.get("q", ""),
        total=every,
        asked=asked,
        whole=whole(start),
    )


def named_ids(viewer: AnyViewer, ids: list[int]) -> list[int]:
    """Those of a page's firms that the viewer may name."""
    listed = queries.named(viewer)
    if listed is None or not ids:
        return ids
    statement = select(Firm.id).where(Firm.id.in_(ids), listed)
    return list(session.scalars(statement.order_by(Firm.id)))


def _conditions(
    viewer: AnyViewer, day: dt.date, asked: dict[str, str], bare: str, with_counts: bool
) -> list[Condition]:
    return [
        Condition(
            field=_(text),
            relation=_(relation),
            value=value,
            href=_without(asked, key, bare),
            count=count(narrowed(viewer, day, asked, key)) if with_counts else None,
        )
        for text, relation, value, key in told(asked)
    ]


def told(asked: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """The conditions in force: (field, relation, value, key), the first two as source texts."""
    found = []
    if asked.get("q"):
        found.append((N_("名称、代码、拼音"), N_("含"), asked["q"], "q"))
    for one in sorted(registry().filters, key=lambda f: f.position):
        value = asked.get(one.key)
        words = dict(one.choices())
        if value and value in words:
            found.append((one.text, N_("为"), words[value], one.key))
    return found


def _without(asked: dict[str, str], key: str, bare: str) -> str:
    """The address without one condition, its order, columns and page size kept."""
    rest = [(k, v) for k, v in asked.items() if k != key]
    held = [(k, v) for k, v in request.args.items(multi=True) if k in ("sort", "size", "col")]
    if not rest:
        return bare + (("&" if "?" in bare else "?") + urlencode(held) if held else "")
    return f"{url_for('workbench.firms')}?{urlencode(rest + held)}"


def _tabs(
    viewer: Viewer, day: dt.date, every: int, asked: dict[str, str], bare: str
) -> list[dict[str, Any]]:  # fmt: skip
    tabs = [{"text": _("全部"), "href": bare, "count": every, "current": not asked}]
    for text, query, number in collect(registry().views, viewer, day):
        href = url_for("workbench.firms", **query)
        tabs.append({"text": text, "href": href, "count": number, "current": asked == query})
    for view in saved_views(viewer, SAVED):
        query = dict(parse_qsl(view.query))
        href = url_for("workbench.firms", **query)
        current = asked == {k: v for k, v in query.items() if k != "sort"}
        tabs.append({"text": view.name, "href": href, "mine": True, "current": current,
                     "id": view.id})  # fmt: skip
    return tabs


def conditions(query: str) -> str:
    """The part of an address that a view keeps: all but what only lays the list out."""
    laid_out = ("page", "size", "col")
    return urlencode([(k, v) for k, v in parse_qsl(query) if v and k not in laid_out])

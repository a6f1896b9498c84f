"""The lists and tables of these pages as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, request
from sqlalchemy import select

from app.core.access import Permission, Viewer
from app.core.db import session
from app.core.text import _
from app.criteria.queries import in_force
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.firms.models import Firm
from app.workbench.candidates import counts, listing
from app.workbench.candidates.asked import Asked, asked
from app.workbench.candidates.results import RESULTS, WAYS, standing
from app.workbench.firm_export import PIECE
from app.workbench.firm_list import told
from app.workbench.verdict_filters import shown

READ = (Permission.FIRM_READ,)


def words(found: Asked) -> list[tuple[str, str]]:
    """The conditions in force, for the first sheet."""
    return [(_(text), f"{_(relation)} {value}") for text, relation, value, _key in told(found.now)]


def firms(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The firms of a rule in the order of the page."""
    rule = str(path.get("rule", ""))
    held, found, result = standing(rule, day), asked(viewer), listing.result_asked()
    sort = request.args.get("sort", "")
    ids = listing.all_ids(listing.chosen(held, viewer, day, found, result, sort))
    name = str(in_force(day)[rule].tree.title)
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("载体")), Head(_("领域")),
        Head(_("结果")), Head(_("差距")), Head(_("依据或差距")),
    ]  # fmt: skip
    conditions = words(found)
    if result:
        conditions.append((_("结果"), _(RESULTS[result])))
    notes = [(_("标准"), name), (_("统计时点"), day.isoformat())]
    table = Table(_("企业"), heads, _rows(viewer, rule, ids, day))
    return Book(_("培育名单"), [table], notes, conditions)


def _rows(viewer: Viewer, rule: str, ids: list[int], day: dt.date) -> Iterator[list[Value]]:
    words_ = dict(shown())
    for start in range(0, len(ids), PIECE):
        part = ids[start : start + PIECE]
        held = {f.id: f for f in session.scalars(select(Firm).where(Firm.id.in_(part)))}
        for row in listing.rows(viewer, rule, [held[one] for one in part if one in held], day):
            yield [
                row.firm.name if row.firm else _("仅计数企业"),
                (row.firm.code or _("创业团队")) if row.firm else None,
                row.place["carrier"] if row.place else None,
                (row.place["sector"] or None) if row.place else None,
                words_.get(str(row.display)),
                row.far,
                row.lacks,
            ]
        session.expunge_all()


def tables(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The counts of one rule by carrier or sector."""
    found = counts.one(viewer, str(path.get("rule", "")), day)
    assert found.version is not None
    return _book(found, _(WAYS[found.way]), str(found.version.tree.title), day)


def rules(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The counts of every rule."""
    return _book(counts.overview(viewer, day), _("标准"), _("各标准"), day)


def _book(found: counts.Counts, what: str, title: str, day: dt.date) -> Book:
    heads = [Head(what), *(Head(text, "number", _("家")) for text in found.heads)]
    lines = [_line(one) for one in found.lines]
    total = _line(found.total) if found.total else None
    notes = [(_("标准"), title), (_("统计时点"), day.isoformat())]
    return Book(_("培育名单"), [Table(_("家数"), heads, lines, total)], notes, words(found.asked))


def _line(one: counts.Line) -> list[Value]:
    return [one.name, *(number for number, _url in one.cells)]


def init_app(app: Flask) -> None:
    """Register them."""
    offer(
        app,
        Export("workbench.candidates", READ, firms),
        Export("workbench.candidate_counts", READ, tables),
        Export("workbench.candidate_rules", READ, rules),
    )

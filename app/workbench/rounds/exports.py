"""The lists of rounds as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Flask

from app.core.access import Viewer
from app.core.db import session
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.pipeline.models import ApplicationState
from app.pipeline.queries import rounds as queries
from app.workbench.candidates.asked import asked
from app.workbench.candidates.exports import READ, words
from app.workbench.rounds import listing


def overview(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """All rounds with their counts."""
    found, (standing, rule) = asked(viewer), listing.rounds_asked()
    counts = listing.tallies(viewer, day, found.now)
    lines: list[list[Value]] = []
    for row in listing.every(standing, rule, day):
        one = listing.line(row, counts, found)
        lines.append(
            [one.name, row.kind.label, row.district_on, row.city_on, row.notice_number,
             row.notice_name, *(number for number, _url in one.cells)]
        )  # fmt: skip
    heads = [
        Head(_("申报批次")), Head(_("申报种类")), Head(_("区级截止日"), "day"),
        Head(_("市级截止日"), "day"), Head(_("通知文号")), Head(_("通知名称")),
        *(Head(text, "number", _("家")) for text in listing.heads()),
    ]  # fmt: skip
    conditions = words(found)
    conditions += [(_("截止"), _(listing.STANDINGS[standing]))] if standing else []
    conditions += [(_("标准"), queries.TITLES[rule].label)] if rule else []
    notes = [(_("统计时点"), day.isoformat())]
    return Book(_("申报批次"), [Table(_("申报批次"), heads, lines)], notes, conditions)


def firms(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The firms of a round in the order of the page."""
    row = queries.one_round(viewer, str(path.get("pid", "")))
    found, state = asked(viewer), listing.state_asked()
    some = list(session.scalars(listing.chosen(viewer, row, found, state, day)))
    lines: list[list[Value]] = [
        [one.firm.name, one.firm.code, one.place["carrier"], one.place["sector"] or None,
         one.application.state.label, one.day, one.application.filed_on,
         one.application.fail_code.label if one.application.fail_code else None,
         one.application.fail_note, one.lacks, row.district_on]
        for one in listing.rows(viewer, row, some, day)
    ]  # fmt: skip
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("载体")), Head(_("领域")),
        Head(_("状态")), Head(_("状态日期"), "day"), Head(_("报出日期"), "day"),
        Head(_("未通过的原因")), Head(_("说明")), Head(_("依据或差距")),
        Head(_("区级截止日"), "day"),
    ]  # fmt: skip
    conditions = words(found)
    conditions += [(_("状态"), ApplicationState(state).label)] if state else []
    notes = [(_("申报批次"), queries.name_of(row)), (_("统计时点"), day.isoformat())]
    return Book(_("拟申报名单"), [Table(_("企业"), heads, lines)], notes, conditions)


def counts(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The firms of a round by carrier or sector."""
    row = queries.one_round(viewer, str(path.get("pid", "")))
    found = listing.counts(viewer, row, day)
    heads = [Head(_(listing.WAYS[found.way]))]
    heads += [Head(text, "number", _("家")) for text in found.heads]
    lines: list[list[Value]] = [
        [name, *(number for number, _url in cells)] for name, cells in found.lines
    ]
    total: list[Value] = [found.total[0], *(number for number, _url in found.total[1])]
    notes = [(_("申报批次"), found.name), (_("统计时点"), day.isoformat())]
    return Book(_("拟申报名单"), [Table(_("家数"), heads, lines, total)], notes, words(found.asked))


def init_app(app: Flask) -> None:
    """Register them."""
    offer(
        app,
        Export(listing.ROUNDS, READ, overview),
        Export(listing.PAGE, READ, firms),
        Export(listing.COUNTS, READ, counts),
    )

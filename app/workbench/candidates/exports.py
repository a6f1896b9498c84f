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
from app.exchange.out.book import Book, Export, Head, Table, Value, offer, typed
from app.firms.models import Firm, Title
from app.workbench import gap_list
from app.workbench.candidates import certificates as certs
from app.workbench.candidates import counts, listing
from app.workbench.candidates import near as near_
from app.workbench.candidates import reserve as pool
from app.workbench.candidates.asked import Asked, asked
from app.workbench.candidates.expected import CLOSED, record_words
from app.workbench.candidates.results import GRADUATION, RESULTS, WAYS, standing
from app.workbench.columns import carrier_cells
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
    held, found, result = standing(viewer, rule, day), asked(viewer), listing.result_asked()
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


def near(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """Near-graduates with the expected quarter."""
    found, when = asked(viewer), near_.when_asked()
    rows = near_.rows(viewer, near_.chosen(near_.everybody(viewer, day, found), when), day)
    lines: list[list[Value]] = [
        [row.firm.name if row.firm else _("仅计数企业"), row.firm.code if row.firm else None,
         row.place.get("carrier"), row.place.get("sector") or None, _("；").join(row.basis),
         row.lacks, row.one.expected.words if row.one.expected.key != CLOSED else None,
         row.one.expected.why or None, row.months["used"] if row.months else None,
         row.months["allowed"] if row.months else None]
        for row in rows
    ]  # fmt: skip
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("载体")), Head(_("领域")),
        Head(_("准毕业依据")), Head(_("毕业条件")), Head(_("预计达到")), Head(_("预测依据")),
        Head(_("在孵月数"), "number", _("月")), Head(_("在孵期限"), "number", _("月")),
    ]  # fmt: skip
    notes = [(_("统计时点"), day.isoformat())]
    notes += [(_("预测命中率"), line) for line in record_words()]
    return Book(_("准毕业企业清单"), [Table(_("企业"), heads, lines)], notes, words(found))


def gaps(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """差距清单 of the chosen firms with forecasts."""
    shown_, rule = dict(shown()), gap_list.rule_asked(day)
    rows = gap_list.build(viewer, request.args.getlist("firm"), day, rule)
    lines: list[list[Value]] = [
        [one.firm.name, one.firm.code, one.carrier, shown_.get(str(one.display)),
         _("；").join(one.ways) or one.reason]
        for one in rows
    ]  # fmt: skip
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("载体")), Head(_("结果")),
        Head(_("依据或差距")),
    ]  # fmt: skip
    notes = [(_("统计时点"), day.isoformat())]
    heads += [Head(_("预计达到")), Head(_("预测依据"))]
    for one, line in zip(rows, lines, strict=True):
        line += gap_list.forecast_cells(one)
    if rule == GRADUATION:
        heads.append(Head(_("累计到账融资"), "exact", _("万元")))
        for one, line in zip(rows, lines, strict=True):
            line.append(typed(one.money))
    else:
        notes.insert(0, (_("标准"), str(in_force(day)[rule].tree.title)))
    notes += [(_("预测命中率"), line) for line in gap_list.record(rule)]
    return Book(_("差距清单"), [Table(_("企业"), heads, lines)], notes)


def _book(found: counts.Counts, what: str, title: str, day: dt.date) -> Book:
    heads = [Head(what), *(Head(text, "number", _("家")) for text in found.heads)]
    lines = [_line(one) for one in found.lines]
    total = _line(found.total) if found.total else None
    notes = [(_("标准"), title), (_("统计时点"), day.isoformat())]
    return Book(_("培育名单"), [Table(_("家数"), heads, lines, total)], notes, words(found.asked))


def _line(one: counts.Line) -> list[Value]:
    return [one.name, *(number for number, _url in one.cells)]


def certificates(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The certificates of the page."""
    found = asked(viewer)
    window, title, _sort = certs.asked_for()
    rows = session.execute(certs.chosen(viewer, day, found)).all()
    places = carrier_cells(viewer, [row.id for row in rows], day) if rows else {}
    lines: list[list[Value]] = [
        [row.name, row.code, places[row.id]["carrier"], row.title.label, row.number, row.issued_on,
         row.expires_on, None if row.expires_on is None else (row.expires_on - day).days]
        for row in rows
    ]  # fmt: skip
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("载体")), Head(_("资质")),
        Head(_("证书编号"), "code"), Head(_("发证日期"), "day"), Head(_("有效期至"), "day"),
        Head(_("剩余天数"), "number", _("天")),
    ]  # fmt: skip
    conditions = words(found)
    conditions += [(_("到期时间"), _(certs.WINDOWS[window]))] if window else []
    conditions += [(_("资质"), Title(title).label)] if title else []
    notes = [(_("统计时点"), day.isoformat())]
    return Book(_("证书到期"), [Table(_("证书"), heads, lines)], notes, conditions)


def reserve(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The reserve as on the page."""
    found = asked(viewer)
    state, source, reason = pool.asked_for()
    rows = pool.chosen(pool.members(viewer, day, found), state, source, reason)
    ids = [one.id for one in rows]
    firms = {f.id: f for f in session.scalars(select(Firm).where(Firm.id.in_(ids)))}
    places = carrier_cells(viewer, ids, day) if ids else {}
    lines: list[list[Value]] = []
    for one in rows:
        firm = firms[one.id]
        marks = [pool.mark(one, title) for title in pool.SOURCES]
        ends = one.left or (None, None)
        lines.append(
            [firm.name, firm.code, places[one.id]["carrier"], *marks, one.entered, ends[0],
             ends[1].label if ends[1] else None]
        )  # fmt: skip
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("载体")),
        *(Head(title.label) for title in pool.SOURCES),
        Head(_("入库日期"), "day"), Head(_("出库日期"), "day"), Head(_("出库原因")),
    ]  # fmt: skip
    conditions = words(found)
    conditions += [(_("状态"), _(pool.STATES[state]))] if state else []
    conditions += [(_("来源"), Title(source).label)] if source else []
    conditions += [(_("出库原因"), pool.Exit(reason).label)] if reason else []
    notes = [(_("统计时点"), day.isoformat())]
    return Book(_("上市储备库"), [Table(_("企业"), heads, lines)], notes, conditions)


def init_app(app: Flask) -> None:
    """Register them."""
    offer(
        app,
        Export("workbench.candidates", READ, firms),
        Export("workbench.candidate_counts", READ, tables),
        Export("workbench.candidate_rules", READ, rules),
        Export("workbench.near", READ, near),
        Export("workbench.gaps", READ, gaps),
        Export("workbench.certificates", READ, certificates),
        Export("workbench.reserve", READ, reserve),
    )

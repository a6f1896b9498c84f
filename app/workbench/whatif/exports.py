"""标准调整测算 as files: the figures with what they are by carrier and sector, and the firms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Flask, request
from sqlalchemy import select

from app.core.access import Permission, Viewer
from app.core.db import session
from app.core.errors import NotFound
from app.core.text import _
from app.criteria.trial import SAME
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.firms.models import Firm
from app.workbench.firm_export import PIECE
from app.workbench.whatif import filling, impact, outcome, runs
from app.workbench.whatif.asked import CONDITIONS, Doors, choices, conditions, names, within
from app.workbench.whatif.compare import pair
from app.workbench.whatif.effect import CHANGE_WORDS, DISPLAY_WORDS, WAYS, Effect, Line
from app.workbench.whatif.pages import doors_of, form_asked, told
from app.workbench.whatif.reasons import reasons
from app.workbench.whatif.tables import grid, grid_heads, groups

TRY = (Permission.STANDARD_EDIT,)
WEIGH = (Permission.STANDARD_EDIT, Permission.STANDARD_APPROVE)


def read(viewer: Viewer, rule: str, day: dt.date) -> tuple[Effect, Doors, list[tuple[str, str]]]:
    """The effect that the address asks for, and what it is of, in words; NotFound where the page
    shows none."""
    base, form = form_asked(rule, day)
    if form.made is None:
        raise NotFound()
    title = f"{base.tree.title} v{base.number}"
    notes = [(_("标准"), title), (_("核对时点"), day.isoformat()), *told(form.moved)]
    return runs.tried(viewer, base, form, day), doors_of(rule, form), notes


def book(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The page of a rule: its tables, and every firm whose result changes."""
    effect, doors, notes = read(viewer, str(path.get("rule", "")), day)
    return Book(_("标准调整测算"), tables(viewer, effect, doors), notes)


def tables(viewer: Viewer, effect: Effect, doors: Doors) -> list[Table]:
    """The tables of an effect, and the firms whose result changes."""
    moved = [line for line in effect.lines if line.change != SAME]
    heads = [Head(_("原结果")), *(Head(text, "number", _("家")) for text in grid_heads())]
    rows: list[Sequence[Value]] = [
        [row.name, *(number for number, _url in row.cells)] for row in grid(effect, doors)
    ]
    found = [Table(_("结果变化"), heads, rows[:-1], total=rows[-1])]
    for way, text in WAYS.items():
        by = groups(viewer, effect, doors, way)
        heads = [
            Head(_(text)), *(Head(one, "number", _("家")) for one in by.heads),
            Head(_("新增企业现用面积"), "number", "㎡"),
            Head(_("其中面积未登记"), "number", _("家")),
        ]  # fmt: skip
        lines: list[list[Value]] = [
            [row.name, *(n for n, _url in row.cells), row.area, row.bare[0]]
            for row in (*by.rows, by.total)
        ]
        found.append(Table(_("按载体") if way == "carrier" else _("按领域"), heads, lines[:-1],
                           total=lines[-1]))  # fmt: skip
    return [*found, firms(viewer, moved)]


def firms(viewer: Viewer, lines: Sequence[Line]) -> Table:
    """Firms with both results."""
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("载体")), Head(_("领域")),
        Head(_("原结果")), Head(_("新结果")), Head(_("变化")),
        Head(_("现用面积"), "number", "㎡"),
    ]  # fmt: skip
    return Table(_("企业"), heads, _rows(viewer, lines))


def _rows(viewer: Viewer, lines: Sequence[Line]) -> Iterator[list[Value]]:
    places, sectors = names(viewer, "carrier"), names(viewer, "sector")
    for start in range(0, len(lines), PIECE):
        part = lines[start : start + PIECE]
        held = {
            row.id: row
            for row in session.execute(
                select(Firm.id, Firm.name, Firm.code)
                .where(Firm.id.in_([line.id for line in part]))
                .order_by(Firm.id)
            )
        }
        for line in part:
            firm = held[line.id]
            yield [
                firm.name, firm.code or _("创业团队"), places.get(line.carrier),
                sectors.get(line.sector, line.sector), _(DISPLAY_WORDS[line.before]),
                _(DISPLAY_WORDS[line.after]), _(CHANGE_WORDS[line.change]), line.area,
            ]  # fmt: skip


def listed(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The list behind a number."""
    effect, _doors, notes = read(viewer, str(path.get("rule", "")), day)
    return firm_book(viewer, effect, notes)


def firm_book(viewer: Viewer, effect: Effect, notes: list[tuple[str, str]]) -> Book:
    """The firms under the conditions of the address."""
    asked, words = conditions(viewer, request.args), choices(viewer)
    said = [(_(CONDITIONS[key]), f"{_('为')} {words[key][value]}") for key, value in asked.items()]
    table = firms(viewer, within(effect.lines, asked))
    return Book(_("受影响企业"), [table], notes, said)


def compared(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """Two runs beside each other."""
    found = pair(viewer, day)
    if found is None:
        raise NotFound()
    one, other = (side.run.name for side in found.sides)
    numbers = Table(
        _("改动的数值"), [Head(_("条款")), Head(_("现行")), Head(one), Head(other)], found.numbers
    )
    tallies = found.tallies
    lines: list[list[Value]] = [[name, a[0], b[0]] for name, a, b in found.figures]
    lines.append([_("新增企业现用面积（㎡）"), *(tally.area for tally in tallies)])
    lines.append([_("其中面积未登记（家）"), *(tally.bare for tally in tallies)])
    heads = [Head(_("项目")), Head(one, "number"), Head(other, "number")]
    way = _("按载体") if found.way == "carrier" else _("按领域")
    rows: list[list[Value]] = [[name, a[0], b[0]] for name, a, b in found.rows]
    gained = Table(way, [Head(_(WAYS[found.way])), *heads[1:]], rows)
    notes = [(_("标准"), str(found.base.tree.title)), (_("核对时点"), day.isoformat())]
    return Book(_("测算比较"), [numbers, Table(_("结果"), heads, lines), gained], notes)


def impacts(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The impact report on a draft."""
    case = impact.case(str(path.get("rule", "")), number_of(path), day)
    effect = impact.changes(viewer, case)
    return Book(_("影响报告"), tables(viewer, effect, case.doors), impact.told(case))


def impacted(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The list behind a number of the report."""
    case = impact.case(str(path.get("rule", "")), number_of(path), day)
    other, notes = impact.of_asked(case), impact.told(case)
    if other is not None:
        notes.append((_("对照标准"), f"{other.tree.title} v{other.number}"))
    return firm_book(viewer, impact.changes(viewer, case, other), notes)


def outcomes(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """What a version was foretold to change and what came, with the firms that came otherwise."""
    found = outcome.outcome(viewer, str(path.get("rule", "")), number_of(path), day)
    if found.moment == outcome.REPORT:
        return Book(_("影响报告"), tables(viewer, found.effect, found.doors), outcome.told(found))
    heads = [Head(_("预测变化")), *(Head(one, "number", _("家")) for one in outcome.heads(found))]
    rows: list[list[Value]] = [
        [row.name, *(n for n, _url in row.cells)] for row in outcome.table(viewer, found)
    ]
    whole = Table(_("预测变化"), heads, rows[:-1], total=rows[-1])
    other = [line for line in found.effect.lines if line.change != SAME]
    book = [whole, came_otherwise(viewer, found, other)]
    return Book(_("预测与实际"), book, outcome.told(found))


def came_otherwise(viewer: Viewer, found: outcome.Outcome, lines: Sequence[Line]) -> Table:
    """Firms with forecast, fact and the reason."""
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("载体")), Head(_("领域")),
        Head(_("预测结果")), Head(_("实际结果")), Head(_("与预测不同的原因")),
    ]  # fmt: skip

    def rows() -> Iterator[list[Value]]:
        for start in range(0, len(lines), PIECE):
            part = lines[start : start + PIECE]
            told = reasons(viewer, found, [one.id for one in part if one.change != SAME])
            for line, row in zip(part, _rows(viewer, part), strict=True):
                yield [*row[:6], told.get(line.id)]

    return Table(_("企业"), heads, rows())


def outcome_listed(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The list behind a number of that page."""
    found = outcome.outcome(viewer, str(path.get("rule", "")), number_of(path), day)
    effect = outcome.narrowed(found, outcome.foretold(found))
    if found.moment == outcome.REPORT:
        return firm_book(viewer, effect, outcome.told(found))
    lines = within(effect.lines, conditions(viewer, request.args))
    return Book(_("预测与实际"), [came_otherwise(viewer, found, lines)], outcome.told(found))


def wanted(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The firms of one's own carriers that lack what a new version asks for."""
    carrier = request.args.get("carrier", "")
    rule, number = str(path.get("rule", "")), number_of(path)
    case, rows, names_ = filling.listed(viewer, rule, number, carrier, day)
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("载体")),
        Head(_("原结果")), Head(_("待补数据")), Head(_("截止"), "day"),
    ]  # fmt: skip
    lines: list[list[Value]] = [
        [row.firm.name, row.firm.code or _("创业团队"), row.carrier, _(DISPLAY_WORDS[row.before]),
         _("；").join(str(ask.what) for ask, _url in row.inputs), case.due]
        for row in rows
    ]  # fmt: skip
    notes = [(_("标准"), f"{case.version.tree.title} v{number}")]
    said = [(_("载体"), f"{_('为')} {names_[carrier]}")] if carrier in names_ else []
    return Book(_("新标准补数据"), [Table(_("企业"), heads, lines)], notes, said)


def number_of(path: Mapping[str, Any]) -> int:
    """The number of a draft in a path; NotFound for what is none."""
    text = str(path.get("number", ""))
    if not text.isdecimal():
        raise NotFound()
    return int(text)


def init_app(app: Flask) -> None:
    """Register them."""
    offer(
        app,
        Export("workbench.trial", TRY, book),
        Export("workbench.trial_firms", TRY, listed),
        Export("workbench.trial_compare", TRY, compared),
        Export("workbench.draft_impact", WEIGH, impacts),
        Export("workbench.draft_impact_firms", WEIGH, impacted),
        Export("workbench.version_data", (Permission.FIRM_RECORD,), wanted),
        Export("workbench.version_outcome", WEIGH, outcomes),
        Export("workbench.version_outcome_firms", WEIGH, outcome_listed),
    )

"""标准调整测算 as files: the figures with what they are by each way, and the subjects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Flask, request

from app.core.access import Permission, Viewer
from app.core.errors import NotFound
from app.core.text import _
from app.criteria.trial import SAME
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.workbench.firm_export import PIECE
from app.workbench.whatif import filling, first_exports, firsts, impact, outcome, runs, since
from app.workbench.whatif.about import About
from app.workbench.whatif.asked import Doors, called, choices, conditions, within
from app.workbench.whatif.compare import pair
from app.workbench.whatif.effect import CHANGE_WORDS, DISPLAY_WORDS, Effect, Line
from app.workbench.whatif.naming import name_heads, names, several, size_cells, size_heads
from app.workbench.whatif.pages import doors_of, form_asked, told
from app.workbench.whatif.reasons import reasons
from app.workbench.whatif.tables import grid, grid_heads, groups
from app.workbench.whatif.waiting import Panel

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
    """The page of a rule: its tables, and every subject whose result changes."""
    effect, doors, notes = read(viewer, str(path.get("rule", "")), day)
    return Book(_("标准调整测算"), tables(viewer, effect, doors), notes + several(effect.about))


def tables(viewer: Viewer, effect: Effect, doors: Doors) -> list[Table]:
    """The tables of an effect, and the subjects whose result changes."""
    kind = effect.about
    moved = [line for line in effect.lines if line.change != SAME]
    heads = [Head(_("原结果")), *(Head(text, "number", kind.say("unit")) for text in grid_heads())]
    rows: list[Sequence[Value]] = [
        [row.name, *(number for number, _url in row.cells)] for row in grid(effect, doors)
    ]
    found = [Table(_("结果变化"), heads, rows[:-1], total=rows[-1])]
    for way, text in kind.ways.items():
        by = groups(viewer, effect, doors, way)
        heads = [Head(_(text)), *(Head(one, "number", kind.say("unit")) for one in by.heads)]
        heads += size_heads(kind)
        lines: list[list[Value]] = [
            [row.name, *(n for n, _url in row.cells), *size_cells(row)]
            for row in (*by.rows, by.total)
        ]
        found.append(Table(_(kind.by[way]), heads, lines[:-1], total=lines[-1]))
    return [*found, subjects(viewer, kind, moved)]


def subjects(viewer: Viewer, kind: About, lines: Sequence[Line]) -> Table:
    """Subjects with both results."""
    heads = [
        *name_heads(kind), Head(_("原结果")), Head(_("新结果")), Head(_("变化")),
        *(Head(_(size.text), "number", _(size.unit)) for size in kind.sizes),
    ]  # fmt: skip
    pairs = names(viewer, kind, lines)
    return Table(kind.say("noun"), heads, ([*name, *told_of(line)] for line, name in pairs))


def told_of(line: Line) -> list[Value]:
    """Both results of a subject, what happens, and its sizes."""
    words = [_(DISPLAY_WORDS[line.before]), _(DISPLAY_WORDS[line.after])]
    return [*words, _(CHANGE_WORDS[line.change]), *line.sizes]


def listed(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The list behind a number."""
    effect, _doors, notes = read(viewer, str(path.get("rule", "")), day)
    return list_book(viewer, effect, notes)


def list_book(viewer: Viewer, effect: Effect, notes: list[tuple[str, str]]) -> Book:
    """The subjects under the conditions of the address."""
    kind = effect.about
    asked, words = conditions(viewer, kind, request.args), choices(viewer, kind)
    said = [(called(kind, key), f"{_('为')} {words[key][value]}") for key, value in asked.items()]
    table = subjects(viewer, kind, within(effect, asked))
    return Book(kind.say("affected"), [table], notes, said)


def compared(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """Two runs beside each other."""
    found = pair(viewer, day)
    if found is None:
        raise NotFound()
    one, other = (side.run.name for side in found.sides)
    numbers = Table(
        _("改动的数值"), [Head(_("条款")), Head(_("现行")), Head(one), Head(other)], found.numbers
    )
    lines: list[list[Value]] = [[name, a[0], b[0]] for name, a, b in found.figures]
    heads = [Head(_("项目")), Head(one, "number"), Head(other, "number")]
    rows: list[list[Value]] = [[name, a[0], b[0]] for name, a, b in found.rows]
    gained = Table(
        _(found.about.by[found.way]), [Head(_(found.about.ways[found.way])), *heads[1:]], rows
    )
    notes = [(_("标准"), str(found.base.tree.title)), (_("核对时点"), day.isoformat())]
    return Book(_("测算比较"), [numbers, Table(_("结果"), heads, lines), gained], notes)


def impacts(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The impact report on a draft."""
    rule, number = str(path.get("rule", "")), number_of(path)
    if firsts.is_first(rule):
        return first_exports.report(viewer, rule, number, day)
    case = impact.case(rule, number, day)
    effect = impact.changes(viewer, case)
    found = tables(viewer, effect, case.doors)
    found += [in_flight(one) for one in impact.in_flight(viewer, case, effect, day) if one.rows]
    return Book(_("影响报告"), found, impact.told(case) + several(effect.about))


def in_flight(panel: Panel) -> Table:
    """Decisions on their way, with both results of whom they are about."""
    heads = [*(Head(text) for text in panel.heads), Head(_("原结果")), Head(_("新结果"))]
    rows: list[list[Value]] = [
        [row.named.name, *row.cells, _(DISPLAY_WORDS[row.before]), _(DISPLAY_WORDS[row.after])]
        for row in panel.rows
    ]
    return Table(panel.title, heads, rows)


def impacted(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The list behind a number of the report."""
    rule, number = str(path.get("rule", "")), number_of(path)
    if firsts.is_first(rule):
        return first_exports.listed(viewer, rule, number, day)
    case = impact.case(rule, number, day)
    other, notes = impact.of_asked(case), impact.told(case)
    if other is not None:
        notes.append((_("对照标准"), f"{other.tree.title} v{other.number}"))
    return list_book(viewer, impact.changes(viewer, case, other), notes)


def outcomes(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """What a version was foretold to change and what came, with those that came otherwise."""
    found = outcome.outcome(viewer, str(path.get("rule", "")), number_of(path), day)
    if found.moment == since.REPORT:
        notes = outcome.told(found) + several(found.effect.about)
        return Book(_("影响报告"), tables(viewer, found.effect, found.doors), notes)
    heads = [
        Head(_("预测变化")),
        *(Head(one, "number", found.effect.about.say("unit")) for one in outcome.heads(found)),
    ]
    rows: list[list[Value]] = [
        [row.name, *(n for n, _url in row.cells)] for row in outcome.table(viewer, found)
    ]
    whole = Table(_("预测变化"), heads, rows[:-1], total=rows[-1])
    other = [line for line in found.effect.lines if line.change != SAME]
    book = [whole, came_otherwise(viewer, found, other)]
    return Book(_("预测与实际"), book, outcome.told(found))


def came_otherwise(viewer: Viewer, found: outcome.Outcome, lines: Sequence[Line]) -> Table:
    """Subjects with forecast, fact and the reason."""
    kind = found.effect.about
    heads = [*name_heads(kind), Head(_("预测结果")), Head(_("实际结果")),
             Head(_("与预测不同的原因"))]  # fmt: skip

    def rows() -> Iterator[list[Value]]:
        for start in range(0, len(lines), PIECE):
            part = lines[start : start + PIECE]
            told = reasons(viewer, found, [one.id for one in part if one.change != SAME])
            for line, name in names(viewer, kind, part):
                yield [*name, *told_of(line)[:2], told.get(line.id)]

    return Table(kind.say("noun"), heads, rows())


def outcome_listed(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The list behind a number of that page."""
    found = outcome.outcome(viewer, str(path.get("rule", "")), number_of(path), day)
    effect = outcome.narrowed(found, outcome.foretold(found))
    if found.moment == since.REPORT:
        return list_book(viewer, effect, outcome.told(found))
    lines = within(effect, conditions(viewer, effect.about, request.args))
    return Book(_("预测与实际"), [came_otherwise(viewer, found, lines)], outcome.told(found))


def wanted(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """Those of one's own that lack what a new version asks for."""
    carrier = request.args.get("carrier", "")
    rule, number = str(path.get("rule", "")), number_of(path)
    case, rows, names_ = filling.listed(viewer, rule, number, carrier, day)
    kind = case.about
    heads = [
        Head(kind.say("name")), Head(kind.say("below"), "code"), Head(_("载体")),
        Head(_("原结果")), Head(_("待补数据")), Head(_("截止"), "day"),
    ]  # fmt: skip
    lines: list[list[Value]] = [
        [row.named.name, row.named.told, row.carrier, _(DISPLAY_WORDS[row.before]),
         _("；").join(str(ask.what) for ask, _url in row.inputs), case.due]
        for row in rows
    ]  # fmt: skip
    notes = [(_("标准"), f"{case.version.tree.title} v{number}")]
    said = [(_("载体"), f"{_('为')} {names_[carrier]}")] if carrier in names_ else []
    return Book(_("新标准补数据"), [Table(kind.say("noun"), heads, lines)], notes, said)


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
        Export("workbench.trial_list", TRY, listed),
        Export("workbench.trial_compare", TRY, compared),
        Export("workbench.draft_impact", WEIGH, impacts),
        Export("workbench.draft_impact_list", WEIGH, impacted),
        Export("workbench.version_data", filling.FILL, wanted),
        Export("workbench.version_outcome", WEIGH, outcomes),
        Export("workbench.version_outcome_list", WEIGH, outcome_listed),
    )

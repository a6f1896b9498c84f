"""Stock, hatched HNTE and entry years as tables."""

from __future__ import annotations

from typing import Any

from app.core.filters import DASH, num
from app.core.text import _
from app.firms.models import FirmKind
from app.pipeline.stage import Stage
from app.statistics.addresses import growth, percent
from app.statistics.indicators import Outcome, Standing
from app.statistics.intervals import share
from app.statistics.queries import cohorts
from app.statistics.queries.figures import Desk
from app.statistics.tables.base import (
    Cell,
    Line,
    Table,
    allowed,
    cell,
    column_of,
    names_of,
    ways_of,
)


def stock(desk: Desk, by: str) -> Table:
    """Firms and teams by what they are, cut by the carrier's or the firm's marks."""
    ways = ("type", "stage", "carrier", "sector", "town", "area")
    column = column_of(allowed(by, *ways))
    if by == "stage":
        return stages(desk, ways_of(*ways))
    numbers = desk.groups("S-10", column, "standing")

    def line(name: str, key: Any, value: str | None) -> Line:
        own = {by: value} if value is not None else {}
        cells, total = [], 0
        for word in Standing:
            n = sum(
                count
                for (where, standing), count in numbers.items()
                if standing == word.value and (value is None or where == key)
            )
            total += n
            cells.append(cell(desk.figure("S-10", n, standing=word.value, **own)))
        cells.append(cell(desk.figure("S-10", total, **own)))
        return Line(name, cells)

    names = names_of(by, {key for key, _standing in numbers})
    lines = [line(word, key, value) for key, (value, word) in names.items()]
    heads = [(word.label, _("个") if word is Standing.TEAM else _("家")) for word in Standing] + [
        (_("合计"), "")
    ]
    return Table(
        _("各层企业与团队"), by, ways_of(*ways), heads, lines, line(_("合计"), None, None),
        entries=("S-10", "S-01", "S-02", "S-03", "S-04", "S-05", "S-06"),
    )  # fmt: skip


def stages(desk: Desk, ways: list[tuple[str, str]]) -> Table:
    """Firms and teams by stage, with those that have left or never moved in."""
    numbers = desk.groups("S-11", "stage", "kind")

    def line(name: str, **own: str) -> Line:
        cells = []
        for kinds in ((FirmKind.FIRM,), (FirmKind.TEAM,), tuple(FirmKind)):
            held = (
                n
                for (stage, kind), n in numbers.items()
                if kind in kinds and stage == own.get("stage", stage)
            )
            only = {"kind": kinds[0].value} if len(kinds) == 1 else {}
            cells.append(cell(desk.figure("S-11", sum(held), **own, **only)))
        return Line(name, cells)

    lines = [line(stage.label, stage=stage.value) for stage in Stage]
    heads = [(_("企业"), _("家")), (_("创业团队"), _("个")), (_("合计"), "")]
    return Table(
        _("各阶段企业与团队"), "stage", ways, heads, lines, line(_("合计")), entries=("S-11",)
    )


def hatched(desk: Desk, by: str) -> Table:
    """孵化高企 per carrier by the stated rule, and the certificates in force."""
    ways = ("carrier", "type", "sector", "town", "area")
    column, year = column_of(allowed(by, *ways)), desk.asof.year
    earlier = desk.at(desk.asof.year_before)
    this, last = {"year": str(year)}, {"year": str(year - 1)}
    asked: tuple[tuple[Desk, str, dict[str, str]], ...] = (
        (desk, "H-01", {}), (desk, "H-02", this), (earlier, "H-02", last), (desk, "H-03", {}),
    )  # fmt: skip
    counts = [at.groups(code, column, **extra) for at, code, extra in asked]

    def line(name: str, key: Any, value: str | None) -> Line:
        own = {by: value} if value is not None else {}
        figures = [
            at.figure(code, held.get(key, 0) if own else sum(held.values()), **extra, **own)
            for (at, code, extra), held in zip(asked, counts, strict=True)
        ]
        cells = [cell(figure) for figure in figures]
        cells.insert(3, Cell(growth(figures[1].value, figures[2].value)))
        return Line(name, cells)

    names = names_of(by, set().union(*counts))
    lines = [line(word, key, value) for key, (value, word) in names.items()]
    if by == "carrier":
        lines.sort(key=lambda one: -(one.cells[0].figure.value if one.cells[0].figure else 0))
    firms = _("家")
    heads = [
        (_("累计孵化高企"), firms), (_("%(n)s 年新认定", n=year), firms),
        (_("上年同期"), firms), (_("同比"), ""), (_("有效高企"), firms),
    ]  # fmt: skip
    return Table(
        _("孵化高企"), by, ways_of(*ways), heads, lines, line(_("合计"), None, None),
        entries=("H-01", "H-02", "H-03"),
    )  # fmt: skip


def cohort_years(desk: Desk) -> Table:
    """Entry years: what became of each, and the share graduated by full months since entry."""
    lines = []
    for year in cohorts.by_year(desk):
        graduated = year.outcomes[Outcome.GRADUATED.value]
        part = share(graduated.value, year.entered.value)
        cells = [cell(year.entered), *(cell(figure) for figure in year.outcomes.values())]
        cells.append(Cell(percent(part)))
        for mark in cohorts.MARKS:
            step = year.curve.at(mark)
            cells.append(Cell(f"{percent(step.share)} ({num(step.at_risk)})" if step else DASH))
        lines.append(Line(str(year.year), cells))
    firms = _("家")
    heads = [(_("入孵"), firms), *((o.label, firms) for o in Outcome), (_("毕业率"), "")]
    heads += [(_("%(n)s 个月", n=mark), _("% （观察数）")) for mark in cohorts.MARKS]
    return Table(
        _("入孵企业毕业率"), "year", [], heads, lines,
        remark=_("按入孵年份；括号内为该月仍在观察的企业数"), entries=("F-01", "F-02"),
    )  # fmt: skip

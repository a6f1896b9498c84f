"""Graduations cut by one dimension."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from app.core.filters import DASH
from app.core.text import _
from app.pipeline.words import clause_words
from app.statistics.addresses import growth, percent
from app.statistics.asof import Count
from app.statistics.intervals import share
from app.statistics.queries.compared import Span, span
from app.statistics.queries.figures import Desk
from app.statistics.tables.base import (
    Cell,
    Line,
    Table,
    allowed,
    cell,
    column_of,
    names_of,
    shaded,
    ways_of,
)

#: a dimension against years → the dimension
CROSSED = {"carrier-year": "carrier", "sector-year": "sector"}
#: how many years stand side by side
YEARS = 10


def graduations(desk: Desk, by: str, year: int) -> Table:
    """Graduations counted in a year by one dimension, or all years side by side."""
    ways = ("year", "carrier", "type", "sector", "town", "area", "clause", "end", *CROSSED)
    allowed(by, *ways)
    made: Callable[..., Table] = {
        "year": graduation_years, "clause": graduation_clauses, "end": graduation_ends,
        **dict.fromkeys(CROSSED, graduations_crossed),
    }.get(by, graduations_by)  # fmt: skip
    return made(desk, by, year, ways_of(*ways))


@dataclass(frozen=True)
class Sides:
    """This year's and last year's figures of one span, by a column."""

    code: str
    span: Span
    year: int
    desk: Desk
    earlier: Desk
    now: dict[Any, int]
    before: dict[Any, int]

    @classmethod
    def of(cls, desk: Desk, code: str, column: str, year: int) -> Sides:
        """Both sides of an indicator; a past year is set against a whole one."""
        side = span(desk, year)
        present = year == desk.asof.year
        earlier = side.earlier(desk) if present else desk
        if side.quarters == 0:
            return cls(code, side, year, desk, earlier, {}, {})
        now, before = (
            at.groups(code, column, year=str(of_year), **side.filters)
            for at, of_year in ((desk, year), (earlier, year - 1))
        )
        return cls(code, side, year, desk, earlier, now, before)

    @property
    def heads(self) -> list[tuple[str, str]]:
        """Heads of the two cells."""
        return [(self.span.before_text, _("家")), (self.span.growth_text, "")]

    def cells(self, now: int, before: int, **own: str) -> list[Cell]:
        """The year before with its list, and the change; dashes where nothing is compared."""
        if self.span.quarters == 0:
            return [Cell(DASH), Cell(DASH)]
        last = {"year": str(self.year - 1)} | self.span.filters
        figure = self.earlier.figure(self.code, before, **last, **own)
        return [cell(figure), Cell(growth(now, before))]


def graduations_crossed(desk: Desk, by: str, _year: int, ways: list[tuple[str, str]]) -> Table:
    """A dimension against years as a heat map, who has graduated most first."""
    dimension, code = CROSSED[by], _reported_verified(desk)[1]
    column = column_of(dimension)
    counted = desk.groups(code, column, "year")
    last = desk.asof.year
    years = range(max(last - YEARS + 1, min((y for _key, y in counted), default=last)), last + 1)
    spans = [{"year_to": str(years[0] - 1)}] if any(y < years[0] for _key, y in counted) else []
    heads = [_("%(year)s 年及以前", year=years[0] - 1) for _span in spans] + [str(y) for y in years]
    most = max((n for (_key, y), n in counted.items() if y in years), default=0)

    def cells(keys: Collection[Any], **own: str) -> list[Cell]:
        held = [(y, n) for (key, y), n in counted.items() if key in keys]
        top = most if own else 0  # sums are no part of the map
        early = [desk.figure(code, sum(n for y, n in held if y < years[0]), **span, **own)
                 for span in spans]  # fmt: skip
        each = [desk.figure(code, sum(n for y, n in held if y == year), year=str(year), **own)
                for year in years]  # fmt: skip
        whole = desk.figure(code, sum(n for _y, n in held), **own)
        return [*map(cell, early), *(shaded(one, top) for one in each), cell(whole)]

    keys = {key for key, _y in counted}
    names = names_of(dimension, keys)
    lines = [
        Line(word, cells({key}, **{dimension: value}))
        for key, (value, word) in names.items()
        if key in keys
    ]
    lines.sort(key=lambda one: -(one.cells[-1].figure.value if one.cells[-1].figure else 0))
    firms = _("家")
    return Table(
        _("毕业企业"), by, ways, [(text, firms) for text in (*heads, _("累计"))], lines,
        Line(_("合计"), cells(keys)), _("颜色深浅按格内家数分五档"), entries=("G-01", "G-02"),
    )  # fmt: skip


def _reported_verified(desk: Desk) -> tuple[str, str]:
    return ("G-02", "G-01") if desk.asof.count is Count.VERIFIED else ("G-01", "G-02")


def graduations_by(desk: Desk, by: str, year: int, ways: list[tuple[str, str]]) -> Table:
    """申报, 核定, the same period of the year before, growth and share."""
    column, this = column_of(by), {"year": str(year)}
    other, main = _reported_verified(desk)
    mine, others = desk.groups(main, column, **this), desk.groups(other, column, **this)
    sides = Sides.of(desk, main, column, year)
    total = sum(mine.values())

    def line(key: Any, value: str | None, name: str) -> Line:
        own = {by: value} if value is not None else {}
        now, also, alike, then = (
            held.get(key, 0) if value is not None else sum(held.values())
            for held in (mine, others, sides.now, sides.before)
        )
        part = share(now, total)
        return Line(
            name,
            [
                cell(desk.figure(main, now, **this, **own)),
                cell(desk.figure(other, also, **this, **own)),
                *sides.cells(alike, then, **own),
                Cell(percent(part)),
            ],
        )

    present = {*mine, *others, *sides.before}
    names = names_of(by, present)
    lines = [line(key, value, word) for key, (value, word) in names.items()]
    if by == "carrier":
        lines.sort(key=lambda one: -(one.cells[0].figure.value if one.cells[0].figure else 0))
    return Table(
        _("毕业企业"), by, ways, _heads(desk, sides), lines, line(None, None, _("合计")),
        sides.span.remark, year=year, entries=("G-01", "G-02"),
    )  # fmt: skip


def _counts(desk: Desk) -> list[tuple[str, str]]:
    verified = desk.asof.count is Count.VERIFIED
    words = (_("核定"), _("申报")) if verified else (_("申报"), _("核定"))
    firms = _("家")
    return [(words[0], firms), (words[1], firms)]


def _heads(desk: Desk, sides: Sides) -> list[tuple[str, str]]:
    return [*_counts(desk), *sides.heads, (_("占比"), "")]


def graduation_years(desk: Desk, by: str, _year: int, ways: list[tuple[str, str]]) -> Table:
    """All years with their quarters; the present one is set against the same span."""
    other, main = _reported_verified(desk)
    quarters, others = desk.groups(main, "year", "quarter"), desk.groups(other, "year")
    years = sorted({y for y, _q in quarters} | set(others), reverse=True)

    def whole(year: int) -> int:
        return sum(n for (y, _q), n in quarters.items() if y == year)

    lines, sides = [], Sides.of(desk, main, "year", desk.asof.year)
    for year in years:
        own, now = {"year": str(year)}, whole(year)
        change = growth(now, whole(year - 1))
        if year == desk.asof.year:
            change = growth(sides.now.get(year, 0), sides.before.get(year - 1, 0))
        cells = [
            cell(desk.figure(main, now, **own)),
            cell(desk.figure(other, others.get(year, 0), **own)),
            Cell(change),
        ]
        for quarter in range(1, 5):
            n = quarters.get((year, quarter), 0)
            figure = desk.figure(main, n, quarter=str(quarter), **own)
            ahead = year == desk.asof.year and 3 * quarter - 2 > desk.asof.day.month
            cells.append(Cell(DASH) if ahead else cell(figure))
        lines.append(Line(str(year), cells))
    total = Line(
        _("累计"),
        [
            cell(desk.figure(main, sum(quarters.values()))),
            cell(desk.figure(other, sum(others.values()))),
            *[Cell("")] * 5,
        ],
    )
    heads = [*_counts(desk), (_("同比"), "")]
    heads += [(_("%(n)s 季度", n=n), _("家")) for n in range(1, 5)]
    return Table(
        _("毕业企业"), by, ways, heads, lines, total,
        sides.span.remark or _("本年与上年同期相比"), entries=("G-01", "G-02"),
    )  # fmt: skip


def graduation_clauses(desk: Desk, by: str, year: int, ways: list[tuple[str, str]]) -> Table:
    """By the clause that was met. A firm can meet several, so the lines add up to more."""
    other, main = _reported_verified(desk)
    this, sides = {"year": str(year)}, Sides.of(desk, main, "basis", year)
    counted = [
        _split(held)
        for held in (
            desk.groups(main, "basis", **this),
            desk.groups(other, "basis", **this),
            sides.now,
            sides.before,
        )
    ]
    total = desk.count(main, **this)
    lines = []
    for code in sorted(set().union(*counted)):
        now, also, alike, then = (held.get(code, 0) for held in counted)
        part = share(now, total.value)
        lines.append(
            Line(
                clause_words(code),
                [
                    cell(desk.figure(main, now, clause=code, **this)),
                    cell(desk.figure(other, also, clause=code, **this)),
                    *sides.cells(alike, then, clause=code),
                    Cell(percent(part)),
                ],
            )
        )
    return Table(
        _("毕业企业"), by, ways, _heads(desk, sides), lines,
        Line(_("企业数"), [cell(total), *[Cell("")] * 4]),
        _("；").join(
            filter(None, (_("一家企业可同时符合几项，各行之和可大于企业数"), sides.span.remark))
        ), year, ("G-01", "G-02"),
    )  # fmt: skip


def _split(numbers: dict[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for basis, n in numbers.items():
        for code in {part for part in basis.split(",") if part}:
            found[code] = found.get(code, 0) + n
    return found


def graduation_ends(desk: Desk, by: str, year: int, ways: list[tuple[str, str]]) -> Table:
    """By where the graduates of a year are on the day."""
    this, sides = {"year": str(year)}, Sides.of(desk, "P-02", "end", year)
    mine = desk.groups("P-02", "end", **this)
    total = sum(mine.values())

    def line(name: str, now: int, alike: int, then: int, **own: str) -> Line:
        part = share(now, total)
        return Line(
            name,
            [
                cell(desk.figure("P-02", now, **this, **own)),
                *sides.cells(alike, then, **own),
                Cell(percent(part)),
            ],
        )

    lines = [
        line(word, *(held.get(key, 0) for held in (mine, sides.now, sides.before)), end=value)
        for key, (value, word) in names_of("end", set()).items()
    ]
    heads = [_counts(desk)[0], *sides.heads, (_("占比"), "")]
    whole = (total, sum(sides.now.values()), sum(sides.before.values()))
    return Table(
        _("毕业企业去向"), by, ways, heads, lines, line(_("合计"), *whole),
        sides.span.remark, year=year, entries=("P-02",),
    )  # fmt: skip

"""Graduations cut by one dimension."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.core.filters import DASH
from app.core.text import _
from app.pipeline.words import clause_words
from app.statistics.addresses import growth, percent
from app.statistics.asof import Count
from app.statistics.intervals import share
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


def graduations(desk: Desk, by: str, year: int) -> Table:
    """Graduations counted in a year by one dimension, or all years side by side."""
    ways = ("year", "carrier", "type", "sector", "town", "area", "clause", "end")
    allowed(by, *ways)
    made: Callable[..., Table] = {
        "year": graduation_years, "clause": graduation_clauses, "end": graduation_ends,
    }.get(by, graduations_by)  # fmt: skip
    return made(desk, by, year, ways_of(*ways))


def _before(desk: Desk, year: int) -> Desk:
    """The desk of the year before: the same day if the year is the present one."""
    return desk.at(desk.asof.year_before) if year == desk.asof.year else desk


def _reported_verified(desk: Desk) -> tuple[str, str]:
    return ("G-02", "G-01") if desk.asof.count is Count.VERIFIED else ("G-01", "G-02")


def graduations_by(desk: Desk, by: str, year: int, ways: list[tuple[str, str]]) -> Table:
    """申报, 核定, the same period of the year before, growth and share."""
    column, this, last = column_of(by), {"year": str(year)}, {"year": str(year - 1)}
    other, main = _reported_verified(desk)
    earlier = _before(desk, year)
    mine, others = desk.groups(main, column, **this), desk.groups(other, column, **this)
    before = earlier.groups(main, column, **last)
    total = sum(mine.values())

    def line(key: Any, value: str | None, name: str) -> Line:
        own = {by: value} if value is not None else {}
        now, then = (
            held.get(key, 0) if value is not None else sum(held.values()) for held in (mine, before)
        )
        also = others.get(key, 0) if value is not None else sum(others.values())
        part = share(now, total)
        return Line(
            name,
            [
                cell(desk.figure(main, now, **this, **own)),
                cell(desk.figure(other, also, **this, **own)),
                cell(earlier.figure(main, then, **last, **own)),
                Cell(growth(now, then)),
                Cell(percent(part)),
            ],
        )

    present = {*mine, *others, *before}
    names = names_of(by, present)
    lines = [line(key, value, word) for key, (value, word) in names.items()]
    if by == "carrier":
        lines.sort(key=lambda one: -(one.cells[0].figure.value if one.cells[0].figure else 0))
    return Table(
        _("毕业企业"), by, ways, _heads(desk), lines, line(None, None, _("合计")),
        year=year, entries=("G-01", "G-02"),
    )  # fmt: skip


def _heads(desk: Desk) -> list[tuple[str, str]]:
    verified = desk.asof.count is Count.VERIFIED
    words = (_("核定"), _("申报")) if verified else (_("申报"), _("核定"))
    firms = _("家")
    return [
        (words[0], firms), (words[1], firms), (_("上年同期"), firms), (_("同比"), ""),
        (_("占比"), ""),
    ]  # fmt: skip


def graduation_years(desk: Desk, by: str, _year: int, ways: list[tuple[str, str]]) -> Table:
    """All years with their quarters; the present one is set against the same period."""
    other, main = _reported_verified(desk)
    quarters, others = desk.groups(main, "year", "quarter"), desk.groups(other, "year")
    years = sorted({y for y, _q in quarters} | set(others), reverse=True)

    def whole(year: int) -> int:
        return sum(n for (y, _q), n in quarters.items() if y == year)

    lines = []
    for year in years:
        own, now = {"year": str(year)}, whole(year)
        then = whole(year - 1)
        if year == desk.asof.year:
            before = desk.at(desk.asof.year_before)
            then = before.count(main, year=str(year - 1)).value
        cells = [
            cell(desk.figure(main, now, **own)),
            cell(desk.figure(other, others.get(year, 0), **own)),
            Cell(growth(now, then)),
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
    heads = [*_heads(desk)[:2], (_("同比"), "")]
    heads += [(_("%(n)s 季度", n=n), _("家")) for n in range(1, 5)]
    return Table(
        _("毕业企业"), by, ways, heads, lines, total,
        _("本年与上年同期相比"), entries=("G-01", "G-02"),
    )  # fmt: skip


def graduation_clauses(desk: Desk, by: str, year: int, ways: list[tuple[str, str]]) -> Table:
    """By the clause that was met. A firm can meet several, so the lines add up to more."""
    other, main = _reported_verified(desk)
    this, last, earlier = {"year": str(year)}, {"year": str(year - 1)}, _before(desk, year)
    counted = [
        _split(held)
        for held in (
            desk.groups(main, "basis", **this),
            desk.groups(other, "basis", **this),
            earlier.groups(main, "basis", **last),
        )
    ]
    total = desk.count(main, **this)
    lines = []
    for code in sorted(set().union(*counted)):
        now, also, then = (held.get(code, 0) for held in counted)
        part = share(now, total.value)
        lines.append(
            Line(
                clause_words(code),
                [
                    cell(desk.figure(main, now, clause=code, **this)),
                    cell(desk.figure(other, also, clause=code, **this)),
                    cell(earlier.figure(main, then, clause=code, **last)),
                    Cell(growth(now, then)),
                    Cell(percent(part)),
                ],
            )
        )
    return Table(
        _("毕业企业"), by, ways, _heads(desk), lines,
        Line(_("企业数"), [cell(total), *[Cell("")] * 4]),
        _("一家企业可同时符合几项，各行之和可大于企业数"), year, ("G-01", "G-02"),
    )  # fmt: skip


def _split(numbers: dict[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for basis, n in numbers.items():
        for code in {part for part in basis.split(",") if part}:
            found[code] = found.get(code, 0) + n
    return found


def graduation_ends(desk: Desk, by: str, year: int, ways: list[tuple[str, str]]) -> Table:
    """By where the graduates of a year are on the day."""
    this, last, earlier = {"year": str(year)}, {"year": str(year - 1)}, _before(desk, year)
    mine, before = desk.groups("P-02", "end", **this), earlier.groups("P-02", "end", **last)
    total, then_total = sum(mine.values()), sum(before.values())

    def line(name: str, now: int, then: int, **own: str) -> Line:
        part = share(now, total)
        return Line(
            name,
            [
                cell(desk.figure("P-02", now, **this, **own)),
                cell(earlier.figure("P-02", then, **last, **own)),
                Cell(growth(now, then)),
                Cell(percent(part)),
            ],
        )

    lines = [
        line(word, mine.get(key, 0), before.get(key, 0), end=value)
        for key, (value, word) in names_of("end", set()).items()
    ]
    heads = [_heads(desk)[0], *_heads(desk)[2:]]
    return Table(
        _("毕业企业去向"), by, ways, heads, lines, line(_("合计"), total, then_total),
        year=year, entries=("P-02",),
    )  # fmt: skip

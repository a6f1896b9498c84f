"""Tables of figures by a dimension: lines of cells, each cell with the figure that it opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.carriers.models import Carrier, CarrierType
from app.core.db import session
from app.core.errors import NotFound
from app.core.filters import num
from app.core.terms import term_choices
from app.core.text import N_, _
from app.statistics.dimensions import DIMENSIONS, NONE
from app.statistics.indicators import End
from app.statistics.queries.figures import Figure


@dataclass(frozen=True)
class Cell:
    """One cell: its text, the figure whose list it opens, and its shade among others, 1 to 5."""

    text: str
    figure: Figure | None = None
    shade: int = 0


@dataclass(frozen=True)
class Line:
    """One row of a table."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """A table with the ways it can be cut."""

    title: str
    by: str
    ways: list[tuple[str, str]]
    heads: list[tuple[str, str]]
    lines: list[Line]
    total: Line | None = None
    remark: str = ""
    year: int | None = None
    entries: tuple[str, ...] = field(default_factory=tuple)


SHADES = 5

WAYS = {
    "stage": N_("阶段"),
    "year": N_("年度"),
    "carrier": N_("载体"),
    "type": N_("载体类型"),
    "sector": N_("领域"),
    "town": N_("街镇"),
    "area": N_("片区"),
    "clause": N_("毕业条件"),
    "end": N_("去向"),
    "carrier-year": N_("载体 × 年度"),
    "sector-year": N_("领域 × 年度"),
}


def ways_of(*keys: str) -> list[tuple[str, str]]:
    return [(key, _(WAYS[key])) for key in keys]


def allowed(by: str, *keys: str) -> str:
    if by not in keys:
        raise NotFound()
    return by


def cell(figure: Figure) -> Cell:
    return Cell(num(figure.value), figure)


def shaded(figure: Figure, most: int) -> Cell:
    """A cell of a heat map: five steps up to the largest; nothing has no shade."""
    return Cell(num(figure.value), figure, -(-figure.value * SHADES // most) if most else 0)


Names = dict[Any, tuple[str, str]]


def names_of(by: str, present: set[Any]) -> Names:
    """Column value → (value in the address, words), in the order to show them."""
    if by == "carrier":
        found = session.execute(
            select(Carrier.id, Carrier.pid, Carrier.short_name)
            .where(Carrier.id.in_(present - {None}))
            .order_by(Carrier.sort_key, Carrier.id)
        )
        names: Names = {row.id: (row.pid, row.short_name) for row in found}
    elif by == "type":
        names = {word: (word.value, word.label) for word in CarrierType if word in present}
    elif by == "end":
        names = {word.value: (word.value, word.label) for word in End}
    else:
        names = {code: (code, word) for code, word in term_choices(by)}
        names |= {code: (code, code) for code in sorted(present - {None} - set(names))}
    if None in present:
        names[None] = (NONE, DIMENSIONS[by].words(NONE))
    return names


def column_of(by: str) -> str:
    return DIMENSIONS[by].column or by

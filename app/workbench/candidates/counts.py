"""How many firms have each result: of every rule at once, and of one by carrier or sector."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from flask import request

from app.carriers.queries import directory
from app.core.access import Viewer
from app.core.paging import Page, page_of
from app.core.terms import term_choices
from app.core.text import _
from app.criteria.plan import Version
from app.criteria.queries import in_force
from app.workbench.candidates.asked import Asked, asked, bare, chips
from app.workbench.candidates.listing import PAGE
from app.workbench.candidates.results import (
    RESULTS,
    WAYS,
    Tally,
    by,
    near_words,
    rules,
    tallies,
    tally,
)
from app.workbench.columns import NONE

#: columns of the tables: those that add up, then the near ones among them
COLUMNS = ("", "met", "short", "unknown", "not_met", "near")


@dataclass(frozen=True)
class Line:
    """One row of a table: its name and, for each column, how many and the list of them."""

    name: str
    cells: list[tuple[int, str]]
    version: Version | None = None
    near: str = ""


@dataclass(frozen=True)
class Counts:
    """A table of counts."""

    asked: Asked
    lines: list[Line]
    total: Line | None = None
    way: str = ""
    version: Version | None = None
    heads: list[str] = field(default_factory=list)
    chips: list[Any] = field(default_factory=list)
    #: this page without any condition
    bare: str = ""

    @property
    def page(self) -> Page:
        """The lines of the page that the address asks for."""
        return page_of(self.lines)


def heads() -> list[str]:
    """What the columns are called."""
    return [_("其中接近") if key == "near" else _(RESULTS[key]) if key else _("适用企业")
            for key in COLUMNS]  # fmt: skip


def overview(viewer: Viewer, day: dt.date) -> Counts:
    """Every rule in force about firms."""
    found, held = asked(viewer), in_force(day)
    counted = tallies(viewer, day, found.now)
    lines = [
        _line(
            str(held[rule].tree.short), found, rule, counted[rule], {}, held[rule],
            near_words(rule, day),
        )
        for rule in rules(day)
    ]  # fmt: skip
    page = "workbench.candidate_rules"
    return Counts(found, lines, None, "", None, heads(), chips(found, page, {}), bare(found, page))


def one(viewer: Viewer, rule: str, day: dt.date) -> Counts:
    """One rule by carrier or sector; every firm of the list stands in one line."""
    way = request.args.get("by", "carrier")
    way = way if way in WAYS else "carrier"
    found = asked(viewer)
    held = by(viewer, day, rule, found.now, way)
    lines = [
        _line(name, found, rule, held[key], {way: key or NONE})
        for key, name in _names(viewer, way)
        if key in held and held[key].of("")
    ]
    total = _line(_("合计"), found, rule, tally(viewer, day, rule, found.now), {})
    page, path = "workbench.candidate_counts", {"rule": rule}
    told = chips(found, page, path, by=way)
    return Counts(
        found,
        lines,
        total,
        way,
        in_force(day)[rule],
        heads(),
        told,
        bare(found, page, path, by=way),
    )


def _names(viewer: Viewer, way: str) -> list[tuple[str, str]]:
    if way == "carrier":
        return [*((row.pid, row.short_name) for row in directory(viewer)), ("", _("不在载体"))]
    return [*term_choices("sector", retired=True), ("", _("未登记"))]


def _line(
    name: str, found: Asked, rule: str, counted: Tally, more: dict[str, str],
    version: Version | None = None, near: str = "",
) -> Line:  # fmt: skip
    cells = [
        (counted.of(key), found.url(PAGE, {"rule": rule}, **more, result=key)) for key in COLUMNS
    ]
    return Line(name, cells, version, near)

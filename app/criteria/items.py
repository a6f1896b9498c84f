"""What a clause rests on: recorded rows from the same row source as the fact, with evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, or_, select

from app.core.db import session
from app.criteria import compile as compiling
from app.criteria import moments
from app.criteria.facts import CATALOGUE
from app.criteria.plan import Plan
from app.criteria.stage1 import World
from app.criteria.tree import Use
from app.criteria.verdict import Item, Words
from app.firms.models import Evidence, Figures, Milestone

Reached = dict[Use, tuple[Item, ...]]


def items_of(plan: Plan, firm_id: int, day: dt.date, cut: int | None) -> Reached:
    """Items of every fact of a plan that has rows, by fact."""
    world = World("one", cut is not None)
    counts = _evidence(firm_id)
    found: Reached = {}
    for use in plan.facts:
        fact = CATALOGUE[use.fact]
        if fact.rows is not None:
            found[use] = _milestones(world, use, firm_id, day, cut, counts)
        elif "column" in use.arguments:
            found[use] = _figures(world, use, firm_id, day, cut, counts)
    return found


def _evidence(firm_id: int) -> dict[tuple[str, int], int]:
    counts: dict[tuple[str, int], int] = {}
    for source, column in (("milestone", Evidence.milestone_id), ("figures", Evidence.figures_id)):
        for row_id, n in session.execute(
            select(column, func.count())
            .where(Evidence.firm_id == firm_id, column.is_not(None))
            .group_by(column)
            .order_by(column)
        ):
            counts[source, int(row_id or 0)] = n
    return counts


def _milestones(
    world: World, use: Use, firm_id: int, day: dt.date, cut: int | None,
    counts: dict[tuple[str, int], int],
) -> tuple[Item, ...]:  # fmt: skip
    rows_of = CATALOGUE[use.fact].rows
    assert rows_of is not None
    m = world.table(Milestone).c
    rows = rows_of(m, use.arguments)
    query = (
        select(
            m.id, m.day, m.name, m.number, m.verification,
            rows.low.label("low"), rows.high.label("high"), rows.day.label("on"),
        )
        .where(*world.scope(m.firm_id), or_(rows.high != 0, rows.high.is_(None)))
        .order_by(m.day, m.id)
    )  # fmt: skip
    final, names = compiling.inline(query)
    values = moments.values(names, day) | {"firm": firm_id}
    if "cut" in names:
        values["cut"] = cut
    return tuple(
        Item(
            "milestone", row.id, row.on or row.day, _named(row.name or row.number),
            row.low, row.high, row.verification.value, counts.get(("milestone", row.id), 0),
        )
        for row in session.execute(final, values)
    )  # fmt: skip


def _named(text: str | None) -> Words:
    return Words(text or "", text or "")


def _figures(
    world: World, use: Use, firm_id: int, day: dt.date, cut: int | None,
    counts: dict[tuple[str, int], int],
) -> tuple[Item, ...]:  # fmt: skip
    p = use.arguments
    f = world.table(Figures).c
    query = (
        select(f.id, f.year, f.source, f.verification, f[p["column"]].label("value"))
        .where(
            *world.scope(f.firm_id), f.quarter == 0, f.year <= moments.last_year(),
            f[p["column"]].is_not(None),
        )
        .order_by(f.year)
    )  # fmt: skip
    if "back" in p:
        query = query.where(f.year == moments.last_year() - p["back"])
    final, names = compiling.inline(query)
    values: dict[str, Any] = moments.values(names, day) | {"firm": firm_id}
    if "cut" in names:
        values["cut"] = cut
    best: dict[int, Any] = {}
    order = p["sources"]
    for row in session.execute(final, values):
        kept = best.get(row.year)
        if kept is None or order.index(row.source.value) < order.index(kept.source.value):
            best[row.year] = row
    chosen = list(best.values())
    if "years" in p:
        chosen = _window(chosen, p["years"])
    return tuple(
        Item(
            "figures", row.id, dt.date(row.year, 12, 1), _year(row.year), row.value, row.value,
            row.verification.value, counts.get(("figures", row.id), 0),
        )
        for row in chosen
    )  # fmt: skip


def _year(year: int) -> Words:
    return Words(f"{year} 年", str(year))  # zh: a year's own word


def _window(rows: list[Any], years: int) -> list[Any]:
    """The consecutive years with the greatest sum, for show."""
    found: list[Any] = []
    top = -1
    for last in rows:
        window = [row for row in rows if 0 <= last.year - row.year < years]
        total = sum(row.value for row in window)
        if total > top:
            found, top = window, total
    return found

"""What a clause rests on: recorded rows from the same row source as the fact, with evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.core.db import session
from app.criteria import carrier_items, moments, statements
from app.criteria import compile as compiling
from app.criteria.facts import CATALOGUE
from app.criteria.lineage import MILESTONES, forebears, lineage, milestones
from app.criteria.plan import Plan
from app.criteria.stage1 import CHUNK, World
from app.criteria.tree import Use
from app.criteria.verdict import Item, Words
from app.firms.models import Attestation, Evidence, Figures, Firm, StatedFigure
from app.firms.stated import OF_YEAR


@dataclass
class Reached:
    """What is recorded of one firm for the facts of a plan."""

    founded: dt.date | None = None
    #: recorded things by fact, oldest first
    items: dict[Use, tuple[Item, ...]] = field(default_factory=dict)
    #: fiscal year → value, by fact of yearly figures
    years: dict[Use, dict[int, int]] = field(default_factory=dict)
    #: the same by column and order of sources
    cells: dict[tuple[str, tuple[str, ...]], dict[int, int]] = field(default_factory=dict)
    #: kind of milestone (None: all kinds) → last day of a promise
    attested: dict[str | None, dt.date] = field(default_factory=dict)

    def attested_to(self, kind: str | None) -> dt.date | None:
        """The last day for which a kind of milestone is promised complete."""
        days = [self.attested[one] for one in (None, kind) if one in self.attested]
        return max(days, default=None)


def reached(
    plan: Plan, ids: Sequence[int], day: dt.date, cut: int | None
) -> dict[int, Reached]:  # fmt: skip
    """By firm or carrier, what is recorded for the facts of a plan as of a day and a cut."""
    found = {firm: Reached() for firm in ids}
    if plan.subject == "carrier":
        for carrier, held in carrier_items.items(plan.facts, ids, day, cut).items():
            found[carrier].items = held
        return found
    world = World("one" if len(ids) == 1 else "chunk", cut is not None)
    size = 1 if world.shape == "one" else CHUNK
    for start in range(0, len(ids), size):
        _read(plan, _Look(world, list(ids[start : start + size]), day, cut), found)
    return found


@dataclass(frozen=True)
class _Look:
    world: World
    ids: list[int]
    day: dt.date
    cut: int | None

    def rows(self, made: tuple[Select[Any], frozenset[str]]) -> Any:
        query, names = made
        values = moments.values(names, self.day) | self.world.subjects(self.ids)
        if "cut" in names:
            values["cut"] = self.cut
        return session.execute(query, values)


def _read(plan: Plan, look: _Look, found: dict[int, Reached]) -> None:
    for row in look.rows(_founded(look.world)):
        found[row.id].founded = row.founded_on
    for row in look.rows(_promises(look.world)):
        kind = row.kind.value if row.kind is not None else None
        found[row.firm_id].attested[kind] = row.ends
    counts = _evidence(set(look.ids).union(*forebears(look.ids, MILESTONES).values()))
    _stated(plan, look, counts, found)
    read: dict[str, Sequence[Any]] = {}
    for use in plan.facts:
        if CATALOGUE[use.fact].rows is not None:
            _milestones(use, look, counts, found)
        else:
            for column in columns_of(use):
                if column not in read:
                    read[column] = look.rows(_figure_query(look.world, column)).all()
                _figures(use, column, read[column], look, counts, found)


def _stated(
    plan: Plan, look: _Look, counts: dict[tuple[str, int], int], found: dict[int, Reached]
) -> None:
    asked = {u: u.arguments["key"] for u in plan.facts if CATALOGUE[u.fact].entry[0] == "stated"}
    if not asked:
        return
    held = statements.items(StatedFigure, "firm_id", look.ids, look.day, look.cut, of_year=OF_YEAR)
    for use, key in asked.items():
        for firm in look.ids:
            if (firm, key) in held:
                item = held[firm, key]
                papers = counts.get(("stated", item.id), 0)
                found[firm].items[use] = (replace(item, evidence=papers),)


def _final(query: Select[Any]) -> tuple[Select[Any], frozenset[str]]:
    made, names = compiling.inline(query)
    return made, frozenset(names)


@lru_cache(maxsize=10)
def _founded(world: World) -> tuple[Select[Any], frozenset[str]]:
    f = world.table(Firm).c
    return _final(select(f.id, f.founded_on).where(*world.scope(f.id)))


@lru_cache(maxsize=10)
def _promises(world: World) -> tuple[Select[Any], frozenset[str]]:
    a = world.table(Attestation).c
    query = select(a.firm_id, a.kind, func.max(a.ends).label("ends"))
    return _final(
        query.where(*world.scope(a.firm_id)).group_by(a.firm_id, a.kind).order_by(a.firm_id)
    )


def _evidence(ids: set[int]) -> dict[tuple[str, int], int]:
    """How many papers stand behind each record of some firms."""
    kept = (Evidence.milestone_id, Evidence.figures_id, Evidence.stated_id)
    counts: dict[tuple[str, int], int] = {}
    for *about, n in session.execute(
        select(*kept, func.count())
        .where(Evidence.firm_id.in_(ids), or_(*(one.is_not(None) for one in kept)))
        .group_by(*kept)
        .order_by(*kept)
    ):
        for source, row_id in zip(("milestone", "figures", "stated"), about, strict=True):
            if row_id is not None:
                counts[source, row_id] = counts.get((source, row_id), 0) + n
    return counts


@lru_cache(maxsize=1_000)
def _milestone_query(world: World, use: Use) -> tuple[Select[Any], frozenset[str]]:
    rows_of = CATALOGUE[use.fact].rows
    assert rows_of is not None
    m = milestones(world, lineage(world, MILESTONES)).c
    rows = rows_of(m, use.arguments)
    return _final(
        select(
            m.firm_id, m.holder, m.id, m.pid, m.day, m.name, m.number, m.verification,
            rows.low.label("low"), rows.high.label("high"), rows.day.label("on"),
        )
        .where(or_(rows.high != 0, rows.high.is_(None)))
        .order_by(m.day, m.id)
    )  # fmt: skip


def _milestones(
    use: Use, look: _Look, counts: dict[tuple[str, int], int], found: dict[int, Reached]
) -> None:
    items: dict[int, list[Item]] = {}
    for row in look.rows(_milestone_query(look.world, use)):
        text = row.name or row.number or ""
        words = Words(text, text)
        if row.holder != row.firm_id:
            words = Words(f"{text}（承继）", f"{text} (succeeded to)")  # zh: beside its English
        items.setdefault(row.firm_id, []).append(
            Item(
                "milestone", row.id, row.on or row.day, words, row.low, row.high,
                row.verification.value, counts.get(("milestone", row.id), 0),
                row.pid,
            )
        )  # fmt: skip
    for firm, own in items.items():
        found[firm].items[use] = tuple(own)


@lru_cache(maxsize=1_000)
def _figure_query(world: World, column: str) -> tuple[Select[Any], frozenset[str]]:
    f = world.table(Figures).c
    query = select(f.firm_id, f.id, f.year, f.source, f.verification, f[column].label("value"))
    return _final(
        query.where(
            *world.scope(f.firm_id), f.quarter == 0, f.year <= moments.last_year(),
            f[column].is_not(None),
        ).order_by(f.firm_id, f.year)
    )  # fmt: skip


def columns_of(use: Use) -> tuple[str, ...]:
    """Columns of figures that a fact rests on; none for a fact of another kind."""
    fact = CATALOGUE[use.fact]
    if fact.columns or fact.entry[0] != "figures":
        return fact.columns
    return (use.arguments["column"],)


def _figures(
    use: Use,
    column: str,
    rows: Sequence[Any],
    look: _Look,
    counts: dict[tuple[str, int], int],
    found: dict[int, Reached],
) -> None:
    p = use.arguments
    order = p["sources"]
    best: dict[int, dict[int, Any]] = {}
    for row in rows:
        held = best.setdefault(row.firm_id, {})
        kept = held.get(row.year)
        if kept is None or order.index(row.source.value) < order.index(kept.source.value):
            held[row.year] = row
    for firm, held in best.items():
        values = {year: row.value for year, row in held.items()}
        found[firm].years[use] = found[firm].cells[column, order] = values
        chosen = list(held.values())
        if "years" in p:
            chosen = _window(chosen, p["years"])
        elif "span" in p:
            chosen = [row for row in chosen if row.year >= look.day.year - p["span"]]
        else:
            wanted = look.day.year - 1 - p.get("back", 0)
            chosen = [row for row in chosen if row.year == wanted]
        found[firm].items[use] = found[firm].items.get(use, ()) + tuple(
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

"""What a carrier's clause rests on: the figure or statement that was taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from app.carriers.models import CarrierFigures, CarrierStated
from app.core.db import known, session
from app.core.text import N_
from app.criteria import compile as compiling
from app.criteria import moments, statements
from app.criteria.carrier_stage import ended
from app.criteria.facts import CATALOGUE
from app.criteria.tree import Use
from app.criteria.verdict import Item, Said, said
from app.firms.models import Evidence

#: facts of the last fiscal year only
OF_YEAR = ("carrier_income", "income_beside")


def items(
    uses: Iterable[Use], ids: Sequence[int], day: dt.date, cut: int | None
) -> dict[int, dict[Use, tuple[Item, ...]]]:  # fmt: skip
    """By carrier and fact, the entries behind the value."""
    found: dict[int, dict[Use, tuple[Item, ...]]] = {one: {} for one in ids}
    stated = statements.items(CarrierStated, "carrier_id", ids, day, cut, "carrier_stated")
    papers = _papers([item.id for item in stated.values()])
    for use in uses:
        kind, field = CATALOGUE[use.fact].entry
        if kind == "carrier_stated":
            key = use.arguments.get("key", field)
            for (carrier, name), item in stated.items():
                if name == key:
                    found[carrier][use] = (replace(item, evidence=papers.get(item.id, 0)),)
        elif kind == "carrier_figures":
            for carrier, item in _figure(use, ids, day, cut).items():
                found[carrier][use] = (item,)
    return found


def _papers(ids: list[int]) -> dict[int, int]:
    column = Evidence.carrier_stated_id
    query = select(column, func.count()).where(column.in_(ids)).group_by(column).order_by(column)
    return {int(row_id or 0): n for row_id, n in session.execute(query)} if ids else {}


def _figure(
    use: Use, ids: Sequence[int], day: dt.date, cut: int | None
) -> dict[int, Item]:  # fmt: skip
    column, sources = use.arguments["column"], use.arguments["sources"]
    f = known(CarrierFigures, cut).alias("figure").c
    query = select(f.id, f.carrier_id, f.year, f.quarter, f.source, f.verification,
                   f[column].label("value"))  # fmt: skip
    year = use.fact in OF_YEAR
    query = query.where(f.carrier_id.in_(ids), f[column].is_not(None), ended(f, year))
    made, names = compiling.inline(query.order_by(f.year, f.quarter, f.id))
    best: dict[int, tuple[Any, Any]] = {}
    for row in session.execute(made, moments.values(names, day)):
        order = list(sources)
        rank = order.index(row.source.value) if row.source.value in order else len(order)
        place = (row.year, not row.quarter, row.quarter, -rank, -row.id)
        if row.carrier_id not in best or place > best[row.carrier_id][0]:
            best[row.carrier_id] = place, row
    return {
        carrier: Item(
            "carrier_figures", row.id, None,
            said(N_("%(period)s%(source)s"), period=_period(row), source=Said(row.source.text)),
            row.value, row.value, row.verification.value,
        )
        for carrier, (_place, row) in best.items()
    }  # fmt: skip


def _period(row: Any) -> Said:
    if not row.quarter:
        return said(N_("%(year)s 年"), year=row.year)
    return said(N_("%(year)s 年第 %(quarter)s 季度"), year=row.year, quarter=row.quarter)

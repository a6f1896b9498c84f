"""接力看板: where firms stand on the chain, a column a stage, the first few by name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy import Select, case, func, select

from app.carriers.models import INCUBATOR
from app.carriers.queries import own
from app.core.access import AnyViewer
from app.core.db import session
from app.core.filters import day as day_words
from app.core.filters import span
from app.core.kept import kept
from app.core.text import N_, _
from app.firms import queries
from app.firms.models import Firm, Residency
from app.firms.queries.scope import sees_all
from app.pipeline.models import Graduation
from app.pipeline.stage import EFFECTIVE, Stage, stages
from app.workbench.columns import carrier_cells, counting, months_cells, months_sort
from app.workbench.doors import Door, countable_where, counted, posts
from app.workbench.firm_list import named_ids
from app.workbench.home_filters import tiers

#: cards of a column; the others are behind 更多
CARDS = 6

#: name → its words, the conditions of its list
Lanes = dict[str, tuple[str, dict[str, str]]]
ENTERED: Lanes = {
    "team": (N_("创业团队"), {"standing": "team"}),
    "incubating": (N_("在孵企业"), {"standing": "incubating"}),
}
OFFERED: Lanes = {"pushed": (N_("推送企业"), {"pushed": "1"})}
ONWARD: Lanes = {
    "graduated": (N_("毕业"), {"stage": "graduated"}),
    "accelerating": (N_("加速期"), {"stage": "accelerating"}),
    "settled": (N_("落地园区"), {"stage": "settled"}),
}
LEFT = {"stage": "left"}


@dataclass(frozen=True)
class Card:
    """A firm on the board; `firm` is None where it may only be counted."""

    firm: Firm | None
    carrier: str | None
    sector: str | None
    #: what counts at this stage, in words, and whether it is late
    fact: str
    late: bool = False


@dataclass(frozen=True)
class Lane:
    """A column: how many firms, their list, and the first of them."""

    key: str
    text: str
    found: Door
    cards: list[Card]
    #: by what the cards are ordered, in words
    order: str


@dataclass(frozen=True)
class Board:
    """All columns in the order of the chain, and those that have left it."""

    lanes: list[Lane]
    left: Door
    #: whether the viewer has no firm at all
    empty: bool


def build(viewer: AnyViewer, day: dt.date) -> Board:
    """The board of a viewer; every count is that of the list it opens."""
    here = tiers(viewer)
    first = OFFERED if here and INCUBATOR not in here else ENTERED
    lanes = []
    for key, (text, conditions) in {**first, **ONWARD}.items():
        found = _door(viewer, day, conditions)
        cards = _cards(viewer, day, key, conditions) if found.count else []
        lanes.append(Lane(key, _(text), found, cards, _order(key)))
    return Board(lanes, _door(viewer, day, LEFT), counted(viewer, day, {}) == 0)


def _door(viewer: AnyViewer, day: dt.date, conditions: dict[str, str]) -> Door:
    """How many firms meet the conditions and their list; the stages are counted all at once."""
    stage = conditions.get("stage")
    count = _stages(viewer, day).get(stage, 0) if stage else counted(viewer, day, conditions)
    return Door(count, f"{url_for('workbench.firms')}?{urlencode(conditions)}")


def _stages(viewer: AnyViewer, day: dt.date) -> dict[str, int]:
    """Stage → how many of the viewer's firms are in it."""
    return kept(("stages", sees_all(viewer), posts(viewer), day), lambda: _by_stage(viewer, day))


def _by_stage(viewer: AnyViewer, day: dt.date) -> dict[str, int]:
    ids = countable_where(viewer, day, {}).with_only_columns(Firm.id).order_by(None)
    told = stages(day, firms=ids)
    rows = session.execute(select(told.c.stage, func.count()).group_by(told.c.stage))
    return {Stage(stage).value: count for stage, count in rows}


def _order(key: str) -> str:
    if key == "graduated":
        return _("新毕业的在前")
    return _("新到的在前") if key in ("accelerating", "settled") else _("期限最近的在前")


def _cards(viewer: AnyViewer, day: dt.date, key: str, conditions: dict[str, str]) -> list[Card]:
    """The firms of a column that come first, as far as the viewer may name them."""
    first = kept(("board", viewer, day, key), lambda: _first(viewer, day, key, conditions))
    held = {one.id: one for one in session.scalars(select(Firm).where(Firm.id.in_(first)))}
    firms = [held[firm_id] for firm_id in first]
    ids = named_ids(viewer, [firm.id for firm in firms])
    places = carrier_cells(viewer, ids, day) if ids else {}
    facts = _facts(viewer, ids, day, key) if ids else {}
    cards = []
    for firm in firms:
        if firm.id not in ids:
            cards.append(Card(None, None, None, ""))
            continue
        place, (fact, late) = places[firm.id], facts.get(firm.id, ("", False))
        cards.append(Card(firm, place["carrier"], place["sector"], fact, late))
    return cards


def _first(viewer: AnyViewer, day: dt.date, key: str, conditions: dict[str, str]) -> list[int]:
    statement = _ordered(countable_where(viewer, day, conditions), viewer, day, key)
    return list(session.scalars(statement.with_only_columns(Firm.id).limit(CARDS)))


def _ordered(statement: Select[Any], viewer: AnyViewer, day: dt.date, key: str) -> Select[Any]:
    """What is most pressing first; firms that may only be counted last, whatever they have."""
    statement = statement.order_by(None)
    listed = queries.named(viewer)
    if listed is not None:
        statement = statement.order_by(case((listed, 0), else_=1))
    if key == "graduated":
        by = _graduated().desc().nulls_last()
    elif key in ("accelerating", "settled"):
        by = _arrived(viewer, day).desc().nulls_last()
    else:
        by = months_sort(viewer, day).asc().nulls_last()
    return statement.order_by(by, Firm.sort_key, Firm.id)


def _graduated() -> Any:
    """The day on which a firm graduated."""
    return (
        select(Graduation.graduated_on)
        .where(Graduation.firm_id == Firm.id, Graduation.state.in_(EFFECTIVE))
        .correlate(Firm)
        .scalar_subquery()
    )


def _arrived(viewer: AnyViewer, day: dt.date) -> Any:
    """Since when a firm is where it counts; of others' carriers a carrier is not told."""
    wanted = [Residency.firm_id == Firm.id, counting(day)]
    if not sees_all(viewer):
        wanted.append(Residency.carrier_id.in_(own(viewer).order_by(None)))
    return select(Residency.starts).where(*wanted).correlate(Firm).limit(1).scalar_subquery()


def _facts(
    viewer: AnyViewer, ids: list[int], day: dt.date, key: str
) -> dict[int, tuple[str, bool]]:  # fmt: skip
    """firm id → what its card says last."""
    if key == "graduated":
        found = _days(ids, _graduated())
        return {firm: (_("毕业 %(day)s", day=day_words(on)), False) for firm, on in found.items()}
    if key in ("accelerating", "settled"):
        found = _days(ids, _arrived(viewer, day))
        return {firm: (span(on), False) for firm, on in found.items()}
    return {
        firm: (
            _("在孵 %(used)s / %(allowed)s 个月", used=cell["used"], allowed=cell["allowed"]),
            bool(cell["over"]),
        )
        for firm, cell in months_cells(viewer, ids, day).items()
    }


def _days(ids: list[int], day_of: Any) -> dict[int, dt.date]:
    """firm id → a day of it, where there is one."""
    statement = select(Firm.id, day_of.label("day")).where(Firm.id.in_(ids)).order_by(Firm.id)
    return {row.id: row.day for row in session.execute(statement) if row.day}

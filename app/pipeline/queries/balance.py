"""空间供需: what firms look for against what parks and accelerators have free, in ㎡, over the next
four quarters, by sector and by region, with what does not fit in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import select

from app.carriers.models import ACCELERATOR, Carrier, Site, Unit, UnitUse
from app.core.access import AnyViewer
from app.core.days import Period, add_months
from app.core.db import session
from app.core.errors import NotFound
from app.core.kept import kept
from app.core.terms import term, term_choices
from app.core.text import _
from app.firms.demand_words import uses
from app.firms.models import ANYWHERE, Demand, DemandState, Firm
from app.firms.queries.scope import sees_all
from app.firms.queries.space import stock
from app.firms.unit_words import place
from app.pipeline.matching.score import Spot
from app.pipeline.queries import openings
from app.pipeline.queries.matches import READER, bidders, room_of

QUARTERS = 4
BY = ("sector", "region")
NONE, SEVERAL, LATER = "none", "several", QUARTERS
DEMAND, SUPPLY = "demand", "supply"


@dataclass(frozen=True)
class Item:
    """A search of a firm or a free unit: whose, how many ㎡, from or until when."""

    kind: str
    name: str
    pid: str
    #: what the rooms are for, or where the unit is
    detail: tuple[UnitUse, ...] | Spot
    m2: int
    day: dt.date
    sector: str
    region: str
    #: 0 is the present quarter; LATER beyond the fourth
    quarter: int


@dataclass(frozen=True)
class Cell:
    """A quarter of a row in ㎡: needed, becoming free, and needed beyond all free by then; the last
    None where need and supply of the row cannot meet."""

    demand: int
    supply: int
    over: int | None


@dataclass(frozen=True)
class Line:
    """A sector or region with its quarters."""

    code: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Balance:
    """The table with what lies beyond its quarters."""

    by: str
    quarters: tuple[Period, ...]
    lines: tuple[Line, ...]
    total: Line
    later_demand: int
    later_supply: int

    @property
    def short(self) -> list[str]:
        """Names of the rows in which something does not fit in by one of the quarters' ends."""
        return [line.name for line in self.lines if any(one.over for one in line.cells)]

    @property
    def over(self) -> int:
        """㎡ that do not fit in by the end of the last quarter."""
        return self.total.cells[-1].over or 0


def need_all(viewer: AnyViewer) -> None:
    """The district and its agency only: it tells of every park's vacancies."""
    if not sees_all(viewer):
        raise NotFound()


def quarters(day: dt.date) -> tuple[Period, ...]:
    """The present quarter and the three after it."""
    first = Period.of(day).starts
    return tuple(Period.of(add_months(first, 3 * number)) for number in range(QUARTERS))


def _place(day: dt.date, today: dt.date) -> int:
    """Which of the quarters a day is in; what is overdue or free already is in the first."""
    ahead = quarters(today)
    if day < ahead[0].ends:
        return 0
    return ahead.index(Period.of(day)) if day < ahead[-1].ends else LATER


def items(viewer: AnyViewer, day: dt.date) -> list[Item]:
    """Every open search and every free unit of a park or accelerator."""
    need_all(viewer)
    return kept(("balance", day), lambda: [*_demands(day), *_supplies(day)])


def _demands(day: dt.date) -> list[Item]:
    statement = (
        select(Demand, Firm.short_name, Firm.pid, Firm.sector)
        .join(Firm, Firm.id == Demand.firm_id)
        .where(Demand.state == DemandState.OPEN, Firm.merged_into_id.is_(None))
        .order_by(Demand.needed_by, Firm.sort_key, Demand.id)
    )
    found = []
    for row, name, pid, sector in session.execute(statement):
        wished = row.regions or ()
        region = SEVERAL if len(wished) > 1 else wished[0] if wished else NONE
        region = NONE if region == ANYWHERE else region
        found.append(
            Item(DEMAND, name, pid, row.uses, row.area_low, row.needed_by,
                 sector or NONE, region, _place(row.needed_by, day))
        )  # fmt: skip
    return found


def _supplies(day: dt.date) -> list[Item]:
    ids = bidders(day)
    carriers = {
        c.id: c for c in session.scalars(select(Carrier).where(Carrier.tier >= ACCELERATOR))
    }
    sites = {s.id: s.area for s in session.scalars(select(Site).where(Site.carrier_id.in_(ids)))}
    lead = openings.sectors_of(ids)
    found = []
    for one in stock(READER, day, Unit.carrier_id.in_(ids), everywhere=True):
        room = room_of(one)
        if room is not None and room.area > 0:
            carrier = carriers[one.unit.carrier_id]
            found.append(
                Item(SUPPLY, carrier.short_name, carrier.pid, room.spot, room.area, room.free_from,
                     next(iter(lead.get(carrier.id, ())), NONE),
                     sites.get(one.unit.site_id) or NONE,
                     _place(room.free_from, day))
            )  # fmt: skip
    return found


def detail_of(one: Item) -> str:
    """What the rooms of a search are for, or where a unit is."""
    return place(one.detail) if isinstance(one.detail, Spot) else uses(one.detail)


def name_of(by: str, code: str) -> str:
    """The name of a row."""
    if code == NONE:
        return _("领域未填") if by == "sector" else _("片区不限或未填")
    if code == SEVERAL:
        return _("可选几个片区")
    return term("sector" if by == "sector" else "area", code)


def _line(code: str, name: str, some: list[Item], meets: bool = True) -> Line:
    cells, left = [], 0
    for number in range(QUARTERS):
        demand, supply = (
            sum(one.m2 for one in some if one.quarter == number and one.kind == kind)
            for kind in (DEMAND, SUPPLY)
        )
        left += demand - supply
        cells.append(Cell(demand, supply, max(left, 0) if meets else None))
    return Line(code, name, tuple(cells))


def balance(viewer: AnyViewer, by: str, day: dt.date) -> Balance:
    """The table by sector or region; NotFound for anything else."""
    if by not in BY:
        raise NotFound()
    every, key = items(viewer, day), attrgetter(by)
    order = [code for code, _word in term_choices("sector" if by == "sector" else "area")]
    rows: dict[str, list[Item]] = {}
    for one in every:
        rows.setdefault(key(one), []).append(one)
    known = [*order, *sorted(set(rows) - {*order, NONE, SEVERAL}), SEVERAL, NONE]
    apart = (SEVERAL, NONE) if by == "region" else ()  # no unit lies in several regions or in any
    lines = tuple(
        _line(code, name_of(by, code), rows[code], code not in apart)
        for code in known if code in rows
    )  # fmt: skip
    later = dict.fromkeys((DEMAND, SUPPLY), 0)
    for one in every:
        if one.quarter == LATER:
            later[one.kind] += one.m2
    return Balance(
        by, quarters(day), lines, _line("", _("合计"), every), later[DEMAND], later[SUPPLY]
    )


def behind(
    viewer: AnyViewer, by: str, code: str, number: int, kind: str, day: dt.date
) -> list[Item]:
    """The list behind a figure: of a row ("" for the sum) and quarter, searches or units."""
    if by not in BY or kind not in (DEMAND, SUPPLY) or not 0 <= number <= LATER:
        raise NotFound()
    key = attrgetter(by)
    return [
        one
        for one in items(viewer, day)
        if one.kind == kind and one.quarter == number and code in ("", key(one))
    ]

"""Stage 1 for carriers: facts of the carrier's own entry, figures, returns and statements.

What its firms make of it comes from the room that knows who stands where (`shared`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select
from sqlalchemy.sql.selectable import CTE

from app.carriers.models import (
    Carrier,
    CarrierFigures,
    CarrierSector,
    CarrierStated,
    Return,
    Site,
)
from app.criteria import moments, statements
from app.criteria.interval import Col
from app.criteria.stage1 import Gathered, Grouped, World, fenced


class Source(Protocol):
    """A source that is complete once every fact has asked: CTEs with the carrier's id first."""

    def build(self) -> Sequence[CTE]:
        """The CTEs that were asked for."""


class CarrierStage(Gathered):
    """The facts of carriers."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        c = world.table(Carrier)
        names = ("id", "tier", "type", "founded_on", "area_m2", "incubating_m2")
        own = select(*(c.c[name] for name in names)).where(*world.scope(c.c.id))
        self.carriers = self.subjects = fenced(own, "carriers")
        said = statements.newest(world, CarrierStated, "carrier_id", "latest")
        self.statement = said.c
        self.stated = _grouped("csta", said, said.c.key)
        self.returns = world.table(Return)
        self.filed = _grouped("cret", self.returns)
        self.sites = world.table(Site)
        self.placed = _grouped("csit", self.sites)
        self.sectors = world.table(CarrierSector)
        self.led = _grouped("csec", self.sectors)
        self.figures = Newest(world)
        self.groups = [self.stated, self.filed, self.placed, self.led]
        self.sources: dict[str, Source] = {}

    def shared(self, name: str, make: Callable[[], Any]) -> Any:
        """A source of another room, made once for a statement."""
        if name not in self.sources:
            self.sources[name] = make()
        return self.sources[name]

    def extras(self) -> list[CTE]:
        """Figures, and the sources of other rooms."""
        return [*self.figures.build(), *(c for one in self.sources.values() for c in one.build())]


def _grouped(name: str, source: Any, kind: Col | None = None) -> Grouped:
    key = source.c.carrier_id
    return Grouped(name, key, lambda: select(key), kind)


class Newest:
    """A carrier's figures: of each column the newest one that is recorded.

    `year` takes those of the last fiscal year only; else a quarter that has ended since may
    stand in. Of one period the whole year goes before its last quarter, then the sources go in
    the standard's order.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: dict[str, tuple[str, bool, Sequence[str]]] = {}
        self.made: dict[str, CTE] = {}

    def ask(self, column: str, year: bool, sources: Sequence[str]) -> str:
        """Ask for a column; the name under which it is read."""
        for name, wanted in self.asked.items():
            if wanted == (column, year, sources):
                return name
        name = f"cfig_{len(self.asked)}"
        self.asked[name] = (column, year, sources)
        return name

    def value(self, name: str) -> Col:
        """The figure; NULL where there is none."""
        return self.made[name].c.value

    def build(self) -> list[CTE]:
        """One CTE a column."""
        self.made = {name: self._one(name, *wanted) for name, wanted in self.asked.items()}
        return list(self.made.values())

    def _one(self, name: str, column: str, year: bool, sources: Sequence[str]) -> CTE:
        f = self.world.table(CarrierFigures).alias(f"{name}_of")
        rank = case({one: n for n, one in enumerate(sources)}, value=f.c.source, else_=len(sources))
        whole = case((f.c.quarter == 0, 1), else_=0)
        place = func.row_number().over(
            partition_by=f.c.carrier_id,
            order_by=(f.c.year.desc(), whole.desc(), f.c.quarter.desc(), rank, f.c.id),
        )
        rows = (
            select(f.c.carrier_id, cast(f.c[column], BigInteger).label("value"),
                   place.label("place"))
            .where(f.c[column].is_not(None), ended(f.c, year), *self.world.scope(f.c.carrier_id))
            .cte(f"{name}_rows")
        )  # fmt: skip
        return fenced(select(rows.c.carrier_id, rows.c.value).where(rows.c.place == 1), name)


def ended(f: Any, year: bool) -> Col:
    """Whether figures are of the last fiscal year, or of a quarter that has ended since."""
    last = moments.last_year()
    whole = and_(f.year == last, or_(f.quarter == 0, f.quarter == moments.LAST_QUARTER))
    if year:
        return whole
    past = f.year * 10 + f.quarter <= moments.ended_quarter()
    return or_(and_(f.year == last, f.quarter == 0), and_(f.year >= last, f.quarter > 0, past))

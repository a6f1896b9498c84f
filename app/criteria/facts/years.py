"""Yearly figures: one value a firm and year by precedence of sources, then pivots and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select
from sqlalchemy.sql.selectable import CTE

from app.criteria import moments
from app.criteria.interval import Col, Interval, first_known, flag
from app.firms.models import Figures

if TYPE_CHECKING:
    from app.criteria.stage1 import World

Sources = tuple[str, ...]


class Years:
    """Columns asked of the last years, and best sums over consecutive years."""

    def __init__(self, world: World, firms: CTE) -> None:
        self.world, self.firms = world, firms
        self.stated: dict[tuple[str, Sources], str] = {}
        self.pivots: dict[str, tuple[str, int]] = {}
        self.runs: dict[str, tuple[str, int, str]] = {}
        self.fig: CTE | None = None
        self.run: CTE | None = None

    def _stated(self, column: str, sources: Sources) -> str:
        return self.stated.setdefault((column, sources), f"{column}_{len(self.stated)}")

    def of(self, column: str, back: int, sources: Sources) -> str:
        """Ask for a column of the fiscal year `back` years before the last ended one."""
        name = f"{self._stated(column, sources)}_{back}"
        self.pivots[name] = (self._stated(column, sources), back)
        return name

    def best(self, column: str, years: int, due: str, sources: Sources) -> str:
        """Ask for the greatest sum over so many consecutive years."""
        name = f"{self._stated(column, sources)}_run{years}_{due.replace('-', '')}"
        self.runs[name] = (self._stated(column, sources), years, due)
        return name

    def value(self, name: str, back: int, signed: bool) -> Interval:
        """Bounds of a column: a year before the firm was founded is 0, a missing one is open."""
        assert self.fig is not None
        stated = self.fig.c[name]
        unborn = self.firms.c.founded > moments.last_year() - back
        value = case((stated.is_not(None), stated), (unborn, 0))
        low = value if signed else func.coalesce(value, 0)
        return Interval(low, value, value)

    def greatest(self, name: str) -> Interval:
        """Bounds of a best run: exact once every year due since the foundation is recorded.

        A firm that has not lived through so many fiscal years has no run.
        """
        assert self.run is not None
        _stated, years, due_on = self.runs[name]
        due = moments.due_year(due_on)
        top = func.coalesce(self.run.c[f"{name}_top"], 0)
        founded = self.firms.c.founded
        have = func.coalesce(self.run.c[f"{name}_n"], 0)
        young = founded > moments.last_year() - years + 1
        complete = and_(founded.is_not(None), or_(have >= due - founded + 1, young))
        current = func.coalesce(self.run.c[f"{name}_now"], 0) == 1
        seen = case((current, top), (founded > due, top))
        return Interval(top, case((complete, top)), seen)

    def build(self) -> list[CTE]:
        """The CTEs that are needed, each with one row a firm."""
        if not self.stated:
            return []
        year = self._per_year()
        made = []
        if self.pivots:
            self.fig = self._pivot(year)
            made.append(self.fig)
        if self.runs:
            self.run = self._runs(year)
            made.append(self.run)
        return made

    def _per_year(self) -> CTE:
        f = self.world.table(Figures)
        columns: list[Col] = []
        for (column, sources), name in self.stated.items():
            by = [func.max(case((f.c.source == one, f.c[column]))) for one in sources]
            columns.append(cast(first_known(by), BigInteger).label(name))
        query = select(f.c.firm_id, f.c.year, *columns).where(
            f.c.quarter == 0, f.c.year <= moments.last_year(), *self.world.scope(f.c.firm_id)
        )
        if not self.runs:  # a run looks at every year, the last ones are no more than are asked for
            eldest = max(back for _stated, back in self.pivots.values())
            query = query.where(f.c.year >= moments.last_year() - eldest)
        return query.group_by(f.c.firm_id, f.c.year).cte("yrs").prefix_with("MATERIALIZED")

    def _pivot(self, year: CTE) -> CTE:
        columns = [
            func.max(case((year.c.year == moments.last_year() - back, year.c[stated]))).label(name)
            for name, (stated, back) in self.pivots.items()
        ]
        query = select(year.c.firm_id, *columns).group_by(year.c.firm_id)
        return query.cte("fig").prefix_with("MATERIALIZED")

    def _runs(self, year: CTE) -> CTE:
        firms = self.firms.alias("run_firms")
        inner: list[Any] = [year.c.firm_id, year.c.year, firms.c.founded]
        for name, (stated, years, _due) in self.runs.items():
            per: Any = {"partition_by": year.c.firm_id, "order_by": year.c.year,
                        "range_": (1 - years, 0)}  # fmt: skip
            value = year.c[stated]
            inner += [value.label(f"{name}_v"), func.sum(value).over(**per).label(f"{name}_s"),
                      func.count(value).over(**per).label(f"{name}_c"),
                      func.min(case((value.is_not(None), year.c.year)))
                      .over(partition_by=year.c.firm_id).label(f"{name}_f")]  # fmt: skip
        w = select(*inner).select_from(year.join(firms, firms.c.id == year.c.firm_id)).cte("wins")
        columns: list[Col] = []
        for name, (_stated, years, due) in self.runs.items():
            have, last = w.c[f"{name}_v"].is_not(None), moments.due_year(due)
            # The firm lived through a run that holds these years, whatever is missing of it:
            # it is there since its foundation, and since its first figure at the latest.
            begun = (w.c.founded, w.c[f"{name}_f"])
            whole = case(
                (w.c[f"{name}_c"] == years, True),
                *((w.c.year - one >= years - 1, True) for one in begun),
                *((one + years - 1 <= moments.last_year(), True) for one in begun),
                else_=False,
            )
            counted = and_(have, w.c.year <= last, w.c.year >= w.c.founded)
            columns += [
                cast(func.max(case((whole, w.c[f"{name}_s"]))), BigInteger).label(f"{name}_top"),
                func.sum(flag(counted)).label(f"{name}_n"),
                func.max(flag(and_(have, w.c.year == last))).label(f"{name}_now"),
            ]
        query = select(w.c.firm_id, *columns).group_by(w.c.firm_id)
        return query.cte("run").prefix_with("MATERIALIZED")

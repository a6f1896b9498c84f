"""Layers of named columns, and the scores on them: bands, sums of parts, points of a part alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, func, select
from sqlalchemy.sql.selectable import CTE

from app.criteria import interval as algebra
from app.criteria.facts import CATALOGUE
from app.criteria.interval import Col, Interval, Rate, Ratio
from app.criteria.plan import Plan, Version
from app.criteria.stage1 import held, layered
from app.criteria.tree import Growth, Item, Node, Points, Score, Share, Test, Use, keyed, walk


@dataclass
class Layers:
    """The columns named so far, by what they stand for."""

    plan: Plan
    names: dict[Any, str] = field(default_factory=dict)
    params: dict[str, int] = field(default_factory=dict)
    table: CTE | None = None

    def bound(self, value: int) -> Any:
        """A number of the law as a bound parameter."""
        name = f"n{len(self.params)}"
        self.params[name] = value
        return bindparam(name, type_=BigInteger)

    def col(self, key: Any) -> Col:
        """A column of the layer below by what it stands for."""
        assert self.table is not None
        return self.table.c[self.names[key]]

    def lift(self, name: str, made: dict[Any, Col]) -> None:
        """Put new columns beside all of the present layer, under new names; what stands for two
        things is one column, and what is a column already keeps its name."""
        assert self.table is not None
        named = {id(column): column.name for column in self.table.c}
        labelled = []
        for key, column in made.items():
            if id(column) not in named:
                named[id(column)] = f"c{len(self.names)}"
                labelled.append(column.label(named[id(column)]))
            self.names[key] = named[id(column)]
        if labelled:
            self.table = layered(select(*self.table.c, *labelled), name)


class Scores:
    """What a plan measures over the facts, and the points that it gives."""

    def __init__(self, plan: Plan, facts: CTE) -> None:
        self.plan, self.facts = plan, facts
        self.layers = Layers(plan, table=facts)
        self.marks: dict[Any, Any] = {}

    def nodes(self, version: Version) -> list[Node]:
        """Nodes of a version, guards first."""
        tree = version.tree
        return [n for g in tree.guards for n in walk(g.test)] + walk(tree.condition)

    def mark(self, node: Test) -> Any:
        """The bound threshold of a test."""
        if id(node) not in self.marks:
            self.marks[id(node)] = self.layers.bound(self.plan.threshold(node))
        return self.marks[id(node)]

    def measure(self, measure: Any) -> Interval | Ratio | Rate:
        """The bounds of a fact, a share or a growth."""
        if isinstance(measure, Growth):
            years = tuple(held(self.facts, self.plan.fact(year)) for year in measure.years)
            return Rate(years, measure.how)
        if isinstance(measure, Share):
            part = held(self.facts, self.plan.fact(measure.part))
            return Ratio(part, held(self.facts, self.plan.fact(measure.whole)), measure.zero)
        return held(self.facts, self.plan.fact(measure))

    def bands(self, item: Item) -> dict[Any, Col]:
        """Each band of each part of a score, in both worlds."""
        made: dict[Any, Col] = {}
        for part in item.parts:
            made |= self.bands(part)
        if item.where is not None:
            found = self.measure(item.where.measure)
            tests = self.compared(found, item.where.op, self.layers.bound(item.where.value))
            made["w", id(item)], made["v", id(item)] = tests
        if item.measure is None:
            return made
        found = self.measure(item.measure)
        for n, band in enumerate(item.bands):
            tests = self.compared(found, band.op, self.layers.bound(band.mark))
            made["t", id(item), n], made["s", id(item), n] = tests
        return made

    def compared(self, found: Interval | Ratio | Rate, op: str, mark: Any) -> tuple[Col, Col]:
        """A comparison in both worlds: one column where they are the same."""

        def test(value: Interval | Ratio | Rate) -> Col:
            if isinstance(value, Ratio | Rate):
                return value.compare(op, mark)
            return algebra.compare(value, op, mark)

        sure = test(found)
        return sure, sure if found.plain else test(found.recorded())

    def points(self, node: Test) -> dict[Any, Col]:
        """Points of the parts of a score."""
        assert isinstance(node.measure, Score)
        made: dict[Any, Col] = {}
        for item in node.measure.items:
            made |= self.ends(item)
        return made

    def ends(self, item: Item) -> dict[Any, Col]:
        """The bounds of a part, and of what it adds up."""
        low, high, seen = self.item(item)
        made = {("lo", id(item)): low, ("hi", id(item)): high, ("sn", id(item)): seen}
        return made | {k: c for part in item.sum for k, c in self.ends(part).items()}

    def item(self, item: Item) -> tuple[Col, Col, Col]:
        """Low, high and seen points of one part: none where what they are for is not there."""
        ends = self._measured(item)
        if item.where is None:
            return ends
        there, seen = (self.layers.col((world, id(item))) for world in "wv")
        return algebra.only_where(there, seen, ends)

    def _measured(self, item: Item) -> tuple[Col, Col, Col]:
        if item.parts:
            parts = [self.item(part) for part in item.parts]
            ends = [[p[n] for p in parts] for n in range(len(parts[0]))]
            if item.best:
                low, high, seen = (algebra.best(end) for end in ends)
                return low, high, seen
            most = self.layers.bound(item.most)
            low, high, seen = (algebra.capped(algebra.added(end), most) for end in ends)
            return low, high, seen
        if not item.bands:
            assert isinstance(item.measure, Use)
            return algebra.given(self.lifted(item.measure), self.layers.bound(item.most))
        col, bound = self.layers.col, self.layers.bound
        points = [(n, bound(b.least), bound(b.points)) for n, b in enumerate(item.bands)]
        low, high = algebra.banded([(col(("t", id(item), n)), a, b) for n, a, b in points])
        names = self.layers.names
        if all(names["t", id(item), n] == names["s", id(item), n] for n, _a, _b in points):
            return low, high, high
        _low, seen = algebra.banded([(col(("s", id(item), n)), a, b) for n, a, b in points])
        return low, high, seen

    def lifted(self, use: Use) -> Interval:
        """The bounds of a fact from the layer below."""
        assert self.layers.table is not None
        return held(self.layers.table, self.plan.fact(use))

    def scored(self, node: Test) -> dict[Any, Col]:
        """The sum of a score and its test."""
        assert isinstance(node.measure, Score)
        low, high, seen = (
            algebra.added([self.layers.col((end, id(item))) for item in node.measure.items])
            for end in ("lo", "hi", "sn")
        )
        value, mark = Interval(low, high, seen), self.mark(node)
        return {
            ("score_lo", id(node)): low,
            ("score_hi", id(node)): high,
            ("t", id(node)): algebra.compare(value, node.op, mark),
            ("s", id(node)): algebra.compare(value.recorded(), node.op, mark),
        }

    def partial(self, version: Version) -> dict[Any, Col]:
        """Tests of the points of a part alone."""
        made: dict[Any, Col] = {}
        items = keyed(version.tree)
        for node in self.nodes(version):
            if isinstance(node, Test) and isinstance(node.measure, Points):
                item = items[node.measure.key]
                low, high, seen = (self.layers.col((e, id(item))) for e in ("lo", "hi", "sn"))
                value, mark = Interval(low, high, seen), self.mark(node)
                made["t", id(node)] = algebra.compare(value, node.op, mark)
                made["s", id(node)] = algebra.compare(value.recorded(), node.op, mark)
        return made

    def doubted(self, node: Test) -> list[Col]:
        """Points that the regulation does not settle: of growth out of years below nothing or
        fewer than three, and of a yearly average that is more than nothing but in no band."""
        found: list[Col] = []
        for item in node.measure.items if isinstance(node.measure, Score) else ():
            for one in (item, *item.sum):
                measure = one.measure
                if isinstance(measure, Growth) and measure.how == "mean_scored":
                    first, *later = (self.lifted(year).high for year in measure.years)
                    found += [first <= 0, *(high < 0 for high in later)]
                elif isinstance(measure, Use) and CATALOGUE[measure.fact].unit == "items_year":
                    high = self.lifted(measure).high
                    found.append(and_(high > 0, high < self.layers.bound(one.bands[-1].mark)))
        return [func.coalesce(doubt, False) for doubt in found]

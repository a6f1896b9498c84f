"""What a condition says of a fiscal year whose figures are told, everything else as it is today."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.criteria.asking import Fold, Row, Truth
from app.criteria.compile import Statement
from app.criteria.growing import rate
from app.criteria.interval import WHOLE
from app.criteria.items import columns_of
from app.criteria.plan import Version
from app.criteria.tree import (
    Group,
    Growth,
    Item,
    Node,
    Points,
    Ref,
    Score,
    Share,
    Test,
    Use,
    applies,
    keyed,
    measured,
    walk,
)

#: column of figures → fiscal year → fen, 24ths of a head or items
Numbers = Mapping[str, Mapping[int, int]]
#: amount of a column in a fiscal year
At = Callable[[str, int], int | None]
#: a mean over fiscal years is kept in twelfths
TWELFTHS = 12
COMPARE = {"ge": operator.ge, "gt": operator.gt, "le": operator.le, "lt": operator.lt}


def _one(at: At, year: int, p: dict[str, Any]) -> int | None:
    return at(p["column"], year - p["back"])


def _sum(at: At, year: int, p: dict[str, Any]) -> int | None:
    return _total([at(p["column"], year - back) for back in range(p["span"])])


def _mean(at: At, year: int, p: dict[str, Any]) -> int | None:
    whole = _sum(at, year, p)
    return None if whole is None else whole * (TWELFTHS // p["span"])


def _run(at: At, year: int, p: dict[str, Any]) -> int | None:
    """The greatest sum over consecutive years; a firm's years are looked through for so long as
    there are figures."""
    found, last = [], year
    while (one := _total([at(p["column"], last - back) for back in range(p["years"])])) is not None:
        found.append(one)
        last -= 1
        if one == 0:
            break
    return max(found, default=None)


def _research(at: At, year: int, p: dict[str, Any]) -> int | None:
    """R&D as 195号 counts it: as reported, else own work and a share of what was contracted."""

    def counted(of: int) -> int | None:
        own, contracted = at("rd_internal", of), at("rd_contracted", of)
        reported = at("rd_hnte", of)
        if reported is not None or own is None or contracted is None:
            return reported
        return own + contracted * int(p["outsourced"]) // WHOLE

    return _total([counted(year - back) for back in range(p["span"])])


def _net_assets(at: At, year: int, p: dict[str, Any]) -> int | None:
    assets, owed = (at(column, year - p["back"]) for column in ("assets", "liabilities"))
    return None if assets is None or owed is None else assets - owed


def _total(parts: list[int | None]) -> int | None:
    return None if None in parts else sum(part or 0 for part in parts)


#: facts that follow from yearly figures alone, and how
FIGURES: dict[str, Callable[[At, int, dict[str, Any]], int | None]] = {
    "yearly_money": _one, "yearly_heads": _one, "span_money": _sum, "mean_items": _mean,
    "best_run": _run, "research_counted": _research, "net_assets": _net_assets,
}  # fmt: skip
#: further columns that a fact may rest on
BESIDE = {"research_counted": ("rd_internal", "rd_contracted")}


def told(measure: Any) -> bool:
    """Whether figures tell a measure; of a score, some part of it."""
    if isinstance(measure, Score):
        return any(_told_item(item) for item in measure.items)
    uses = measured(measure)
    return bool(uses) and all(use.fact in FIGURES for use in uses)


def _told_item(item: Item) -> bool:
    own = item.measure is not None and told(item.measure)
    return own or any(_told_item(part) for part in item.parts)


def columns(uses: list[Use]) -> list[str]:
    """The columns of figures that facts rest on."""
    held = [use for use in uses if use.fact in FIGURES]
    found = [one for use in held for one in (*columns_of(use), *BESIDE.get(use.fact, ()))]
    return sorted(set(found))


@dataclass(frozen=True)
class Known:
    """The figures of a firm, on record or told, and the year of its foundation."""

    numbers: Numbers
    founded: int | None = None

    def at(self, column: str, year: int) -> int | None:
        """The amount of a year; nothing for one before the foundation."""
        found = self.numbers.get(column, {}).get(year)
        early = self.founded is not None and self.founded > year
        return 0 if found is None and early else found


class Ahead(Fold):
    """A rule's standards folded as on a day of the year after `year`: tests of figures by `known`,
    the others as the row has them. What figures cannot tell stays met where it is, unless
    `strict`."""

    def __init__(
        self, made: Statement, row: Row, known: Known, year: int, strict: bool = False
    ) -> None:
        super().__init__(made, row)
        self.known, self.year, self.strict = known, year, strict

    def truth(self, node: Node, world: str = "t") -> Truth:
        """What figures say of a test, else the row: of that only what is met."""
        held = super().truth(node, world)
        if not isinstance(node, Test) or not self._rests(node):
            return held
        found = self.of(node)
        if held and _lasts(node):
            return True
        if found is None:
            return True if held and not self.strict else None
        return found

    def rests(self, node: Node) -> bool:
        """Whether a condition asks for figures, alone or beside other things."""
        return any(use.fact in FIGURES for use in self.uses(node))

    def _rests(self, node: Test) -> bool:
        if isinstance(node.measure, Points):
            item = self._item(node.measure)
            return item is not None and _told_item(item)
        return node.op in COMPARE and told(node.measure)

    def of(self, node: Test) -> Truth:
        """What figures say of a test; None where some are missing."""
        measure, mark = node.measure, self.plan.threshold(node)
        if isinstance(measure, Share):
            return self._share(measure, node.op, mark)
        value = self.value(measure)
        return None if value is None else bool(COMPARE[node.op](value, mark))

    def value(self, measure: Any) -> int | None:
        """A measure in base units: fen, 24ths of a head, ten-thousandths (cut off), points."""
        if isinstance(measure, Score):
            return _total([self._points(item) for item in measure.items])
        if isinstance(measure, Points):
            item = self._item(measure)
            return None if item is None else self._points(item)
        if isinstance(measure, Growth):
            years = [self._fact(use) for use in measure.years]
            enough = measure.how == "mean_scored" or None not in years
            return rate(measure.how, years) if enough else None
        if isinstance(measure, Share):
            part, whole = self._fact(measure.part), self._fact(measure.whole)
            return None if part is None or not whole or whole < 0 else part * WHOLE // whole
        return self._fact(measure)

    def uses(self, node: Node) -> list[Use]:
        """Facts below a condition, those of rules that it refers to and of shared points too."""
        found: list[Use] = []
        for one in walk(node):
            if isinstance(one, Ref) and one.rule in self.plan.book:
                found += self.uses(self.plan.book[one.rule].tree.condition)
            elif isinstance(one, Test) and isinstance(one.measure, Points):
                item = self._item(one.measure)
                found += measured(Score((item,))) if item is not None else []
            elif isinstance(one, Test):
                found += measured(one.measure)
        return found

    def _fact(self, use: Use) -> int | None:
        return FIGURES[use.fact](self.known.at, self.year, use.arguments)

    def _share(self, share: Share, op: str, mark: int) -> Truth:
        part, whole = self._fact(share.part), self._fact(share.whole)
        if part is None or whole is None or whole <= 0:
            return None
        return bool(COMPARE[op](part * (share.per * WHOLE or WHOLE), mark * whole))

    def _item(self, points: Points) -> Item | None:
        trees = (version.tree for version in self.plan.versions())
        return next((i for t in trees if (i := keyed(t).get(points.key)) is not None), None)

    def _points(self, item: Item) -> int | None:
        """The least points of a part of a score."""
        if item.where is not None and not self.row[self.names["w", id(item)]]:
            return 0
        if item.best:
            parts = [self._points(part) for part in item.best]
            known = [part for part in parts if part is not None]
            return max(known) if len(known) == len(parts) else None
        if item.sum:
            whole = _total([self._points(part) for part in item.sum])
            return None if whole is None else min(whole, item.most)
        if item.measure is None or not told(item.measure):
            return self._recorded(item)
        for band in item.bands:
            hit = self._in_band(item.measure, band.op, band.mark)
            if hit is None:
                return None
            if hit:
                return band.least
        return 0

    def _in_band(self, measure: Any, op: str, mark: int) -> Truth:
        if isinstance(measure, Share):
            hit = self._share(measure, op, mark)
            return False if hit is None and measure.zero and not self._fact(measure.whole) else hit
        value = self.value(measure)
        return None if value is None else bool(COMPARE[op](value, mark))

    def _recorded(self, item: Item) -> int:
        """The points of a part as today's record gives them for certain."""
        if not item.bands:
            assert isinstance(item.measure, Use)
            low = self.row[f"f{self.plan.fact(item.measure)}_lo"] or 0
            return min(int(low), item.most)
        for n, band in enumerate(item.bands):
            if self.row[self.names["t", id(item), n]]:
                return band.least
        return 0


def _lasts(node: Test) -> bool:
    """Whether what was once reached stays reached: the best of all years."""
    return isinstance(node.measure, Use) and node.measure.fact == "best_run"


def clauses(version: Version, looked: Callable[[Node], bool] = lambda _node: True) -> list[Node]:
    """The clauses of a standard that have none below them and are asked of a new case; nothing
    below a condition that is not `looked` into."""

    def below(node: Node) -> list[Node]:
        if not applies(node, "new") or not looked(node):
            return []
        if isinstance(node, Group):
            found = [one for part in node.parts for one in below(part)]
            return found or ([node] if node.clause else [])
        return [node] if node.clause else []

    return below(version.tree.condition)

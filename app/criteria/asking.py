"""Which single missing input can turn the outcome of a rule for a firm, and what it would do.

Only that is asked for: a clause that cannot change the outcome asks for nothing. Nothing here
decides: an outcome is only supposed, by folding the standard over the row's tests with some of
them taken as met or not met.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from app.criteria.compile import Statement
from app.criteria.facts import CATALOGUE
from app.criteria.items import Reached, columns_of
from app.criteria.models import Outcome
from app.criteria.plan import Version, nodes
from app.criteria.saying import Input, asked
from app.criteria.tree import (
    Group,
    Growth,
    Node,
    Points,
    Ref,
    Score,
    Share,
    Test,
    Tier,
    Use,
    asked_of,
    binding,
    measured,
    walk,
)
from app.criteria.verdict import Ask

Row = Mapping[Any, Any]
Truth = bool | None
#: more tests than this hanging on one input are not supposed one by one
MOST_TESTS = 10
#: where inputs are entered, the nearest to being settled first; and where several are missing
OWN = ("carrier_figures", "carrier", "carrier_stated", "records")
ORDER = ("milestone", "figures", "firm", "residency", "place", "stated", "attestation", *OWN)
MANY = ("figures", "firm", "residency", "place", "milestone", "stated", "attestation", *OWN)


@dataclass(frozen=True)
class Open:
    """A test that is not decided, with the inputs that could decide it alone."""

    node: Test
    inputs: dict[Input, frozenset[bool]]


class Fold:
    """A plan's standards folded over one row."""

    def __init__(self, made: Statement, row: Row) -> None:
        self.plan, self.row = made.compiler.plan, row
        self.names = made.compiler.layers.names
        #: what conditions come to with nothing supposed, each folded once
        self.bare: dict[int, Truth] = {}

    def truth(self, node: Node, world: str = "t") -> Truth:
        """What the database says of a test: certain (`t`), or were the record complete (`s`)."""
        value = self.row[self.names[world, id(node)]]
        return None if value is None else bool(value)

    def whole(self, version: Version, supposed: Mapping[int, bool]) -> Truth:
        """Guard and condition of a standard, some tests being supposed."""
        return self._other(version, supposed)

    def fold(self, node: Node, supposed: Mapping[int, bool]) -> Truth:
        """A condition, some tests being supposed; those elsewhere leave it as it is."""
        if supposed and not supposed.keys().isdisjoint(self._tests(node)):
            return self._fold(node, supposed)
        if id(node) not in self.bare:
            self.bare[id(node)] = self._fold(node, {})
        return self.bare[id(node)]

    def _tests(self, node: Node) -> frozenset[int]:
        """Ids of the tests that a condition rests on, in rules that it refers to as well."""
        held = self.plan.tests
        if id(node) not in held:
            below: list[Node] = []
            for one in walk(node):
                other = self.plan.book.get(one.rule) if isinstance(one, Ref) else None
                below += nodes(other.tree) if other is not None else []
            found = [self._tests(one) for one in below if isinstance(one, Ref)]
            own = (id(one) for one in (*walk(node), *below) if isinstance(one, Test))
            held[id(node)] = node, frozenset(own).union(*found)
        return held[id(node)][1]

    def _fold(self, node: Node, supposed: Mapping[int, bool]) -> Truth:
        if isinstance(node, Group):
            parts = [self.fold(p, supposed) for p in binding(node, self.plan.kind)]
            if node.op == "all":
                return every(parts)
            count = node.count if node.op == "at_least" else 1
            if sum(part is True for part in parts) >= count:
                return True
            return None if sum(part is not False for part in parts) >= count else False
        if isinstance(node, Tier):
            return self._tier(node, supposed)
        if isinstance(node, Ref):
            return self._other(self.plan.book.get(node.rule), supposed)
        return supposed.get(id(node), self.truth(node))

    def _other(self, other: Version | None, supposed: Mapping[int, bool]) -> Truth:
        """A standard referred to: not met where it does not apply."""
        if other is None:
            return None
        guard = every([self.fold(one.test, supposed) for one in other.tree.guards])
        return self.fold(other.tree.condition, supposed) if guard else guard

    def _tier(self, node: Tier, supposed: Mapping[int, bool]) -> Truth:
        possible = []
        for when, then in node.cases:
            hit = self.fold(when, supposed)
            if hit is not False:
                possible.append(self.fold(then, supposed))
            if hit is True:
                break
        else:
            possible.append(self.fold(node.otherwise, supposed))
        return possible[0] if len(set(possible)) == 1 else None


def every(parts: Sequence[Truth]) -> Truth:
    """All of some outcomes."""
    if False in parts:
        return False
    return None if None in parts else True


def asks(
    made: Statement, version: Version, row: Row, reached: Reached, day: dt.date
) -> tuple[Ask, ...]:  # fmt: skip
    """What is missing for a rule that is not decided, the most telling input first.

    An input that can make the rule met, or decides it either way, stands alone; where there is
    none, every missing input is returned.
    """
    fold = Fold(made, row)
    if fold.whole(version, {}) is not None:
        return ()
    opened = [Open(node, inputs(fold, node, reached, day)) for node in _open(fold, version)]
    promised = _promise_all(opened)
    found: dict[Input | None, Ask] = {}
    for one in dict.fromkeys(i for held in opened for i in held.inputs):
        touched = [held for held in opened if one in held.inputs]
        results, settles = _results(fold, version, touched, one)
        found[one] = asked(one, touched[0].node, version, reached, row, fold.plan, results, settles)
    turning = [ask for ask in found.values() if ask.settles or Outcome.MET in ask.outcomes]
    one_kind = any(ask.settles and ask.field for ask in turning if ask.kind == "attestation")
    if turning:
        asked_for = [a for a in turning if a is not found.get(promised) or not one_kind]
        return tuple(sorted(asked_for, key=lambda ask: _rank(ask, ORDER)))
    rest = [
        ask for one, ask in found.items() if not (promised and one and one.kind == promised.kind)
    ]
    if promised:
        rest.append(found[promised])
    return tuple(sorted(rest, key=lambda ask: _rank(ask, MANY)))


def _promise_all(opened: Sequence[Open]) -> Input | None:
    """One promise for all kinds, beside those for a kind where several are missing."""
    kinds = {one for held in opened for one in held.inputs if one.kind == "attestation"}
    if len({one.key for one in kinds}) <= 1:
        return None
    every_kind = Input("attestation", min(one.fact for one in kinds), None)
    for held in opened:
        own = [values for one, values in held.inputs.items() if one.kind == "attestation"]
        if own:
            held.inputs[every_kind] = frozenset(value for values in own for value in values)
    return every_kind


def _rank(ask: Ask, order: Sequence[str]) -> tuple[int, int]:
    return order.index(ask.kind), -(ask.year or 0)


def _open(fold: Fold, version: Version) -> list[Test]:
    """Undecided tests of a standard and of those it refers to."""
    found: list[Test] = []
    for node in _reachable(fold, version):
        if isinstance(node, Test) and fold.truth(node) is None:
            found.append(node)
    return found


def _reachable(fold: Fold, version: Version) -> list[Node]:
    kind = fold.plan.kind
    tops = [*(guard.test for guard in version.tree.guards), version.tree.condition]
    own = [node for top in tops for node in asked_of(top, kind, remarks=False)]
    others = [
        fold.plan.book[n.rule] for n in own if isinstance(n, Ref) and n.rule in fold.plan.book
    ]
    return own + [node for other in others for node in _reachable(fold, other)]


def _results(
    fold: Fold, version: Version, touched: list[Open], one: Input
) -> tuple[tuple[Outcome, ...], bool]:
    """The outcomes that an input can give alone, and whether every answer gives one."""
    ways = [sorted(held.inputs[one]) for held in touched][:MOST_TESTS]
    if not all(ways):
        touched = [held for held in touched if held.inputs[one]]
        ways = [way for way in ways if way]
    seen = {
        fold.whole(version, {id(h.node): v for h, v in zip(touched, values, strict=False)})
        for values in product(*ways)
    }
    words = {True: Outcome.MET, False: Outcome.NOT_MET}
    both = all(len(way) > 1 for way in ways) or one.kind == "attestation"
    return tuple(words[v] for v in (True, False) if v in seen), both and None not in seen


# ---- the inputs of one test ------------------------------------------------------------------


def inputs(
    fold: Fold, node: Test, reached: Reached, day: dt.date
) -> dict[Input, frozenset[bool]]:  # fmt: skip
    """Each missing input of a test with what it alone can make of it (nothing: not alone)."""
    by_use = {use: _missing(fold, use, reached, day) for use in measured(node.measure)}
    by_use = {use: held for use, held in by_use.items() if held}
    lacking = {one for held in by_use.values() for one in held}
    if isinstance(node.measure, Score | Share | Growth | Points):
        if any(one.kind == "attestation" for one in lacking):
            seen = fold.truth(node, "s")
            alone = frozenset(() if seen is None else (seen,))
        else:
            alone = frozenset((True, False) if len(lacking) == 1 else ())
        return dict.fromkeys(sorted(lacking, key=str), alone)
    found: dict[Input, frozenset[bool]] = {}
    for use, held in by_use.items():
        for one in held:
            found[one] = _alone(fold, node, use, one, held, reached)
    return found


def _alone(
    fold: Fold, node: Test, use: Use, one: Input, held: Sequence[Input], reached: Reached
) -> frozenset[bool]:
    if one.kind == "attestation":
        seen = fold.truth(node, "s")
        return frozenset(() if seen is None else (seen,))
    if one.kind == "milestone":
        return _settled(fold, node, use, one, reached)
    if one.kind == "figures" and len(held) > 1:
        return frozenset({node.op in ("ge", "gt")})
    return frozenset({True, False})


def _settled(
    fold: Fold, node: Test, use: Use, one: Input, reached: Reached
) -> frozenset[bool]:  # fmt: skip
    """What one entry left open can do when it is settled in full."""
    if node.op == "is":
        return frozenset({bool(node.value)})
    (item,) = [i for i in reached.items[use] if i.id == one.key]
    if item.high is None:
        return frozenset({node.op in ("ge", "gt")})
    low = fold.row[f"f{fold.plan.fact(use)}_lo"] or 0
    total, mark = low - (item.low or 0) + item.high, fold.plan.threshold(node)
    reaches = {"ge": total >= mark, "gt": total > mark}.get(node.op, False)
    return frozenset({True} if reaches else ())


def _missing(fold: Fold, use: Use, reached: Reached, day: dt.date) -> list[Input]:
    """What is missing of a fact."""
    if not _unsure(fold, use):
        return []
    fact = CATALOGUE[use.fact]
    kind, field = fact.entry
    if not kind:
        return []
    if fact.also and any(i.low == i.high for i in reached.items.get(use, ())):
        kind, field = fact.also
    if kind == "figures":
        return [
            Input("figures", use.fact, year, column)
            for column in columns_of(use)
            for year in _years(use, column, reached, day)
        ]
    if kind != "milestone":
        name = use.arguments.get(field or "", field)
        return [Input(kind, use.fact, name, name)]
    open_ = [i for i in reached.items.get(use, ()) if i.low != i.high]
    if open_:
        return [Input("milestone", use.fact, item.id) for item in open_]
    return [Input("attestation", use.fact, field, field)]


def _unsure(fold: Fold, use: Use) -> bool:
    n = fold.plan.fact(use)
    if f"f{n}" in fold.row:
        return fold.row[f"f{n}"] is None
    return bool(fold.row[f"f{n}_lo"] != fold.row[f"f{n}_hi"])


def _years(use: Use, column: str, reached: Reached, day: dt.date) -> list[int]:
    """Fiscal years without the figure, the last one first."""
    last, recorded = day.year - 1, reached.cells.get((column, use.arguments["sources"]), {})
    born = reached.founded.year if reached.founded else None
    if "span" in use.arguments:
        window = (last - back for back in range(use.arguments["span"]))
        return [y for y in window if y not in recorded and (born is None or y >= born)]
    if "years" not in use.arguments:
        year = last - use.arguments["back"]
        return [] if year in recorded else [year]
    first = reached.founded.year if reached.founded else last
    return [year for year in range(last, first - 1, -1) if year not in recorded]


__all__ = ["Fold", "Input", "asks", "inputs"]

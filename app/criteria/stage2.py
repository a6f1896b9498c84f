"""Stage 2: a standard folded over the row of facts. Each layer names its columns, the next reads
only names: facts → tests → points → scored → answers."""

from __future__ import annotations

from typing import Any, TypeGuard

from sqlalchemy import (
    Boolean,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from app.criteria import interval as algebra
from app.criteria.interval import Col, Interval
from app.criteria.plan import Version
from app.criteria.scoring import Layers, Scores
from app.criteria.tree import (
    REMARK,
    Group,
    Node,
    Points,
    Ref,
    Score,
    Test,
    Tier,
    Use,
    applies,
    asked_of,
    binding,
    children,
    walk,
)

#: Letters of the clause string of a verdict.
MET, NOT_MET, UNKNOWN, SHORT, NOT_ASKED = "m", "n", "u", "s", "x"


class Compiler(Scores):
    """Builds the layers of a plan over the facts."""

    def build(self) -> Layers:
        """All layers; afterwards every key of outcomes can be read."""
        made: dict[Any, Col] = {}
        for version in self.plan.versions():
            for node in self.nodes(version):
                if isinstance(node, Test):
                    made |= self.test(node)
        self.layers.lift("tests", made)
        scores = [
            node
            for version in self.plan.versions()
            for node in self.nodes(version)
            if isinstance(node, Test) and isinstance(node.measure, Score)
        ]
        if scores:
            points: dict[Any, Col] = {}
            for node in scores:
                points |= self.points(node)
            self.layers.lift("points", points)
            added = {k: v for n in scores for k, v in self.scored(n).items()}
            for version in self.plan.versions():
                added |= self.partial(version)
            self.layers.lift("scored", added)
        for level, versions in enumerate(self.plan.levels()):
            made = {k: c for v in self.plan.versions() for k, c in self.conditions(v).items()}
            made |= {k: c for v in versions for k, c in self.outcomes(v).items()}
            self.layers.lift(f"standards_{level}", made)
        return self.layers

    # ---- tests

    def test(self, node: Test) -> dict[Any, Col]:
        """A test in both worlds: certain, and were the record complete."""
        key = ("t", id(node)), ("s", id(node))
        if isinstance(node.measure, Points):
            return {}
        if isinstance(node.measure, Score):
            return {k: c for item in node.measure.items for k, c in self.bands(item).items()}
        if node.op in ("in", "not_in"):
            assert isinstance(node.measure, Use)
            value = self.facts.c[f"f{self.plan.fact(node.measure)}"]
            hit = algebra.among(value, node.value)
            if node.op == "not_in":
                hit = case((value.is_(None), cast(null(), Boolean)), else_=~hit)
            return dict.fromkeys(key, hit)
        found = self.measure(node.measure)
        if node.op == "is" and isinstance(found, Interval):
            sure = algebra.holds(found, node.value)
            seen = sure if found.plain else algebra.holds(found.recorded(), node.value)
        else:
            sure, seen = self.compared(found, node.op, self.mark(node))
        return dict(zip(key, (sure, seen), strict=True))

    # ---- outcomes

    def outcomes(self, version: Version) -> dict[Any, Col]:
        """Guard and condition of a standard in both worlds."""
        tests = [guard.test for guard in version.tree.guards]
        guard = {"t": algebra.all_of([self.fold(test, "t") for test in tests])}
        same = all(self.settled(test) for test in tests)
        guard["s"] = guard["t"] if same else algebra.all_of([self.fold(t, "s") for t in tests])
        root = dict(zip("ts", self.both(version.tree.condition), strict=True))
        return {("guard", version.id, world): column for world, column in guard.items()} | {
            ("root", version.id, world): column for world, column in root.items()
        }

    def conditions(self, version: Version) -> dict[Any, Col]:
        """Outcomes of tiers and of groups that are clauses, which several columns read, once the
        rules that they refer to have theirs."""
        made: dict[Any, Col] = {}
        names = self.layers.names
        for node in walk(version.tree.condition):
            named = isinstance(node, Tier) or (isinstance(node, Group) and node.clause)
            if named and ("t", id(node)) not in names and self.foldable(node):
                made["t", id(node)], made["s", id(node)] = self.both(node)
        return made

    def foldable(self, node: Node) -> bool:
        """Whether every rule that a condition refers to has its outcome in a layer below."""
        books = (self.plan.book.get(n.rule) for n in walk(node) if isinstance(n, Ref))
        return all(b is None or ("root", b.id, "t") in self.layers.names for b in books)

    def both(self, node: Node) -> tuple[Col, Col]:
        """A condition's outcome in both worlds: one column where they are the same."""
        sure = self.fold(node, "t")
        return sure, sure if self.settled(node) else self.fold(node, "s")

    def settled(self, node: Node) -> bool:
        """Whether a condition would come to the same, were the record complete."""
        names = self.layers.names
        if ("t", id(node)) in names:
            return names["t", id(node)] == names["s", id(node)]
        if isinstance(node, Group):
            return all(self.settled(p) for p in binding(node, self.plan.kind))
        if isinstance(node, Tier):
            return all(self.settled(one) for one in children(node))
        other = self.plan.book.get(node.rule) if isinstance(node, Ref) else None
        return other is None or all(
            names[end, other.id, "t"] == names[end, other.id, "s"] for end in ("guard", "root")
        )

    def fold(self, node: Node, world: str) -> Col:
        """A condition's outcome in a world, from the columns below."""
        if (world, id(node)) in self.layers.names:
            return self.layers.col((world, id(node)))
        if isinstance(node, Group):
            parts = [self.fold(part, world) for part in binding(node, self.plan.kind)]
            if node.op == "at_least":
                return algebra.at_least(self.layers.bound(node.count), parts)
            return algebra.all_of(parts) if node.op == "all" else algebra.any_of(parts)
        if isinstance(node, Tier):
            cases = [(self.fold(w, world), self.fold(t, world)) for w, t in node.cases]
            return algebra.tiers(cases, self.fold(node.otherwise, world))
        if isinstance(node, Ref):
            other = self.plan.book.get(node.rule)
            if other is None:
                return cast(null(), Boolean)
            guard = self.layers.col(("guard", other.id, world))
            return algebra.guarded(guard, self.layers.col(("root", other.id, world)))
        raise KeyError((world, node))

    def candidate(self, node: Node) -> Col:
        """Met on data, where experts' clauses are left open and presumed ones taken as met."""
        if node.mark == "judgement":
            return true()
        if isinstance(node, Group):
            parts = [self.candidate(p) for p in binding(node, self.plan.kind)]
            if node.op == "at_least":
                return algebra.at_least(self.layers.bound(node.count), parts)
            return algebra.all_of(parts) if node.op == "all" else algebra.any_of(parts)
        outcome = self.fold(node, "t")
        asked = self.plan.book[node.rule].tree.condition if self._held(node) else node
        score = isinstance(asked, Test) and isinstance(asked.measure, Score | Points)
        if node.mark == "presumed" or score:
            return case((outcome.is_(False), false()), else_=true())
        return case((outcome, true()), else_=false())

    def _held(self, node: Node) -> TypeGuard[Ref]:
        """Whether it asks for another rule that the plan has."""
        return isinstance(node, Ref) and node.rule in self.plan.book

    def review(self, version: Version) -> Col:
        """Whether a person has to judge a clause that data leave open, or to look at a remark that
        is not met."""
        tests: list[Col] = []
        for node in asked_of(version.tree.condition, self.plan.kind):
            if node.mark == REMARK:
                outcome = self.fold(node, "t")
                tests.append(or_(outcome.is_(None), outcome.is_(False)))
                continue
            if node.mark == "judgement":
                tests.append(self.fold(node, "t").is_(None))
            elif node.unclear and isinstance(node, Test):
                tests.append(and_(self.fold(node, "t").is_(None), self.fold(node, "s").is_(None)))
            elif isinstance(node, Test):
                tests += self.doubted(node)
        return or_(false(), *tests)

    def distance(self, node: Node) -> Col:
        """How far from met by the nearest way; NULL when it cannot be said."""
        if isinstance(node, Group):
            parts = [self.distance(p) for p in binding(node, self.plan.kind)]
            return algebra.nearest(parts) if node.op == "any" else algebra.farthest(parts)
        outcome = self.fold(node, "t")
        if isinstance(node, Test) and node.op in ("ge", "gt"):
            if isinstance(node.measure, Score):
                low = self.layers.col(("score_lo", id(node)))
            elif isinstance(node.measure, Use):
                low = self.lifted(node.measure).low
            else:
                return case((outcome, 0))
            return algebra.distance(low, self.mark(node), outcome)
        return case((outcome, 0))

    def letter(self, node: Node) -> Col:
        """One letter for a clause."""
        if not applies(node, self.plan.kind):
            return literal(NOT_ASKED)
        sure, seen = self.both(node)
        told = [(sure, MET), (sure.is_(False), NOT_MET)]
        if seen is not sure:
            told.append((seen.is_(False), SHORT))
        return case(*told, else_=UNKNOWN)

    def summary(self, version: Version) -> dict[str, Col]:
        """The columns of a verdict's row."""
        col, root = self.layers.col, version.tree.condition
        guard, sure = col(("guard", version.id, "t")), col(("root", version.id, "t"))
        seen = col(("root", version.id, "s"))
        whole = algebra.all_of([guard, sure])
        out = guard.is_(False)
        outcome = case((out, "not_applicable"), (guard.is_(None), "unknown"), (whole, "met"),
                       (whole.is_(False), "not_met"), else_="unknown")  # fmt: skip
        short = and_(guard, whole.is_(None), seen.is_(False))
        asked = [self.letter(node) for node in version.tree.clauses_all()]
        letters: Col = asked[0]
        for one in asked[1:]:
            letters = letters.concat(one)
        score = [n for n in walk(root) if isinstance(n, Test) and isinstance(n.measure, Score)]
        none = cast(null(), Integer)
        return {
            "outcome": outcome,
            "display": case((out, "not_applicable"), (short, "short"), else_=outcome),
            "candidate": and_(func.coalesce(guard, False), self.candidate(root)),
            "manual_review": and_(~out, self.review(version)),
            "clauses": cast(case((out, NOT_ASKED * len(asked)), else_=letters), String),
            "distance": case((out, none), else_=cast(self.distance(root), Integer)),
            "score_low": col(("score_lo", id(score[0]))) if score else none,
            "score_high": col(("score_hi", id(score[0]))) if score else none,
        }

    def select(self, version: Version) -> Select[Any]:
        """One row a subject with the verdict of a standard."""
        assert self.layers.table is not None
        columns = [column.label(name) for name, column in self.summary(version).items()]
        return select(self.layers.table.c.id.label("subject_id"), *columns)

    def summaries(self) -> Select[Any]:
        """One row a subject with the verdicts of all roots."""
        assert self.layers.table is not None
        columns: list[Any] = [self.layers.table.c.id]
        for version in self.plan.roots:
            columns += [c.label(f"r{version.id}_{n}") for n, c in self.summary(version).items()]
        return select(*columns)

    def everything(self) -> Select[Any]:
        """One row a subject with the verdicts of all roots and what explains them."""
        table = self.layers.table
        assert table is not None
        columns: list[Any] = [*table.c]
        for version in self.plan.roots:
            columns += [c.label(f"r{version.id}_{n}") for n, c in self.summary(version).items()]
            for n, guard in enumerate(version.tree.guards):
                columns.append(self.fold(guard.test, "t").label(f"g{version.id}_{n}"))
        return select(*columns)

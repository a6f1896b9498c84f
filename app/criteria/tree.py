"""A standard as a tree: conditions over facts, parsed and checked from its plain content."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from app.criteria.verdict import NOTHING, Text, Words, said

OPS = ("gt", "ge", "lt", "le", "is", "in", "not_in")
#: mark of a clause that is judged and shown, and takes no part in the outcome
REMARK = "remark"


class Fault(Exception):
    """What is wrong with a standard, and where: `path` leads to the place."""

    def __init__(self, path: tuple[Any, ...], reason: str | Text, /, **values: Any) -> None:
        super().__init__(reason)
        self.path = path
        #: in the reader's language where it is shown; a sentence is marked with N_
        self.reason: Text = said(reason, **values) if isinstance(reason, str) else reason


@dataclass(frozen=True)
class Use:
    """A fact with its parameters."""

    fact: str
    params: tuple[tuple[str, Any], ...] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        """The parameters by name."""
        return dict(self.params)


@dataclass(frozen=True)
class Share:
    """One fact as a share of another; with `per`, so many for each `per` of the other."""

    part: Use
    whole: Use
    zero: bool = False
    per: int = 0


#: ways to grow → the fiscal years that are looked at: the last over the one before; the mean of
#: two yearly rates; the same by the last two years where the first base is not positive, and none
#: where the second is not; the yearly rate that compounds to the last year over the first
HOW = {"yearly": len("ab"), "mean": len("abc"), "mean_scored": len("abc"), "compound": len("abc")}


@dataclass(frozen=True)
class Growth:
    """How a yearly fact has grown, the oldest year first."""

    years: tuple[Use, ...]
    how: str


@dataclass(frozen=True)
class Band:
    """From a mark on (`ge`), above it (`gt`) or up to it (`le`): `least` to `points` points."""

    mark: int
    points: int
    least: int
    op: str = "ge"


@dataclass(frozen=True)
class Item:
    """A part of a score: bands over a measure from the highest down, points as an expert gave
    them (no bands), the best of parts, or their sum up to `most`."""

    text: Words
    most: int
    measure: Use | Share | Growth | None = None
    bands: tuple[Band, ...] = ()
    best: tuple[Item, ...] = ()
    sum: tuple[Item, ...] = ()
    #: by which a condition can ask for these points alone
    key: str = ""
    #: what there must be for any points at all
    where: Test | None = None

    @property
    def parts(self) -> tuple[Item, ...]:
        """The parts that it is made of."""
        return self.best or self.sum


@dataclass(frozen=True)
class Score:
    """The sum of items."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Part:
    """A threshold stated as a share (ten-thousandths) of another clause's."""

    rule: str
    clause: str
    share: int


@dataclass(frozen=True)
class Points:
    """The points of one part of the standard's score, by its key."""

    key: str


Measure = Use | Share | Growth | Score | Points


@dataclass(frozen=True)
class Node:
    """A condition. With a `clause` it is a finding of its own."""

    clause: str | None = None
    cite: str = ""
    text: Words = NOTHING
    note: Words = NOTHING
    mark: str = ""
    #: how its text is known, where that differs from the whole standard
    confidence: str = ""
    unclear: bool = False
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group(Node):
    """`all`, `any`, or `at_least` so many of the parts."""

    op: str = "all"
    count: int = 0
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Tier(Node):
    """The first case whose test holds says what is asked."""

    cases: tuple[tuple[Node, Node], ...] = ()
    otherwise: Node = field(default_factory=Node)


@dataclass(frozen=True)
class Test(Node):
    """A measure against a threshold."""

    measure: Measure = field(default_factory=lambda: Score(()))
    unit: str = ""
    op: str = "ge"
    value: Any = None


@dataclass(frozen=True)
class Ref(Node):
    """Another rule in force on the same day."""

    rule: str = ""


@dataclass(frozen=True)
class Guard:
    """A condition of applicability with the reason printed where it fails."""

    test: Node
    otherwise: Words


@dataclass(frozen=True)
class Force:
    """Days on which the version is in force, for a kind of case and a round."""

    kind: str
    starts: str
    ends: str | None
    round: str | None
    #: before this day the version that gave way may still be relied on
    transition: str | None = None
    #: how the first day is known, where that differs from the text
    confidence: str = ""


@dataclass(frozen=True)
class Tree:
    """A whole standard."""

    rule: str
    version: int
    subject: str
    standing: str
    confidence: str
    title: Words
    short: Words
    instrument: Words
    document: str | None
    cite: str
    force: tuple[Force, ...]
    terms: dict[str, Any]
    notices: tuple[Words, ...]
    assumptions: tuple[Words, ...]
    guards: tuple[Guard, ...]
    condition: Node

    def nodes(self) -> list[Node]:
        """Every node of the condition, parents first."""
        return walk(self.condition)

    def clauses_all(self) -> list[Node]:
        """Every clause, asked of this kind of case or not."""
        return [n for n in self.nodes() if n.clause]

    def clauses(self, kind: str = "new") -> list[Node]:
        """Nodes that are findings, in the order of the regulation."""
        return [n for n in self.nodes() if n.clause and applies(n, kind)]


def applies(node: Node, kind: str) -> bool:
    """Whether a clause is asked of this kind of case."""
    return not node.kinds or kind in node.kinds


def binding(group: Group, kind: str) -> list[Node]:
    """The parts that make a group's outcome: asked of this kind of case, and no mere remark."""
    return [p for p in group.parts if applies(p, kind) and p.mark != REMARK]


def children(node: Node) -> list[Node]:
    """The nodes directly below."""
    if isinstance(node, Group):
        return list(node.parts)
    if isinstance(node, Tier):
        return [one for case in node.cases for one in case] + [node.otherwise]
    return []


def walk(node: Node) -> list[Node]:
    """The node and everything below it."""
    return [node, *(one for child in children(node) for one in walk(child))]


def asked_of(node: Node, kind: str, remarks: bool = True) -> list[Node]:
    """The node and everything below it that is asked of a kind of case; without `remarks` only
    what makes the outcome."""
    if not applies(node, kind) or (node.mark == REMARK and not remarks):
        return []
    return [node, *(one for below in children(node) for one in asked_of(below, kind, remarks))]


def uses(node: Node) -> list[Use]:
    """Facts that a condition asks for."""
    found: list[Use] = []
    for one in walk(node):
        if isinstance(one, Test):
            found += measured(one.measure)
    return found


def measured(measure: Measure) -> list[Use]:
    """Facts of a measure."""
    if isinstance(measure, Use):
        return [measure]
    if isinstance(measure, Share):
        return [measure.part, measure.whole]
    if isinstance(measure, Growth):
        return list(measure.years)
    if isinstance(measure, Points):
        return []
    return [use for item in measure.items for use in _item_uses(item)]


GROUP = re.compile(r"V(\d+)")


def versions_of(tree: Tree) -> tuple[int, int] | None:
    """The numbers of the new and the old version of a transition's tree."""
    root = tree.condition
    if not isinstance(root, Group) or root.op != "any":
        return None
    named = [GROUP.fullmatch(part.clause or "") for part in root.parts]
    if len(named) != len(("new", "old")) or not all(named):
        return None
    new, old = (int(one[1]) for one in named if one)
    return new, old


def keyed(tree: Tree) -> dict[str, Item]:
    """Parts of the standard's scores that have a key."""
    scores = [n.measure for n in tree.nodes() if isinstance(n, Test)]
    items = [item for score in scores if isinstance(score, Score) for item in score.items]
    return {item.key: item for top in items for item in (top, *top.sum) if item.key}


def _item_uses(item: Item) -> list[Use]:
    own = measured(item.measure) if item.measure is not None else []
    own += measured(item.where.measure) if item.where is not None else []
    return own + [use for part in item.parts for use in _item_uses(part)]

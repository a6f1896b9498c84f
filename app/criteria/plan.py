"""What is to be compiled: standards with those they refer to, thresholds, numbered facts."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from weakref import WeakValueDictionary

from app.criteria.interval import WHOLE
from app.criteria.parse import parse
from app.criteria.tree import (
    Group,
    Item,
    Node,
    Part,
    Ref,
    Score,
    Share,
    Test,
    Tier,
    Tree,
    Use,
    applies,
    measured,
    uses,
    walk,
)

#: trees that somebody still holds: statements know their tests by identity
_ALIVE: WeakValueDictionary[str, Tree] = WeakValueDictionary()


@lru_cache(maxsize=1_000)
def tree_of(content: str) -> Tree:
    """The tree of a standard, parsed once for as long as anybody holds it."""
    held = _ALIVE.get(content)
    return held if held is not None else _ALIVE.setdefault(content, parse(json.loads(content)))


@dataclass(frozen=True)
class Version:
    """A version of a standard as the rule book holds it."""

    id: int
    pid: str
    rule: str
    number: int
    content: str
    content_hash: str
    force: tuple[tuple[str, str | None, dt.date, dt.date | None], ...]

    @cached_property
    def tree(self) -> Tree:
        """The parsed content."""
        return tree_of(self.content)

    def in_force(self, day: dt.date, kind: str, cycle: str | None = None) -> bool:
        """Whether it applies on a day to a kind of case."""
        return any(
            k == kind and r == cycle and starts <= day and (ends is None or day < ends)
            for k, r, starts, ends in self.force
        )


@dataclass
class Plan:
    """Several standards for one statement. Order of `roots` is the order of the answers."""

    roots: tuple[Version, ...]
    kind: str
    book: dict[str, Version]
    facts: list[Use] = field(default_factory=list)
    numbers: dict[Use, int] = field(default_factory=dict)
    key: tuple[Any, ...] = ()
    hashes: tuple[str, ...] = ()
    #: id of a node → the node, which keeps its id, and ids of the tests that it rests on; noted as
    #: they are asked for
    tests: dict[int, tuple[Node, frozenset[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for version in self.versions():
            for node in nodes(version.tree):
                for use in uses_of(node):
                    if use not in self.numbers:
                        self.numbers[use] = len(self.facts)
                        self.facts.append(use)
        roots, all_ = tuple(v.id for v in self.roots), tuple(v.id for v in self.versions())
        self.key = (self.kind, roots, all_)
        # a threshold may be reckoned from a clause of a rule that is not compiled with the others
        reckoned = (self.book[rule] for rule in sorted(self.book))
        self.hashes = tuple(v.content_hash for v in (*self.versions(), *reckoned))

    @property
    def subject(self) -> str:
        """What the roots are about: firm or carrier."""
        return self.roots[0].tree.subject

    def part(self, root: Version) -> Plan:
        """One root with what it needs. Its facts keep the numbers that they have here."""
        made = Plan((root,), self.kind, self.book)
        made.numbers = self.numbers
        return made

    def versions(self) -> list[Version]:
        """Every standard needed, those referred to before those that refer."""
        ordered: list[Version] = []

        def visit(version: Version) -> None:
            for node in nodes(version.tree):
                if isinstance(node, Ref) and node.rule in self.book:
                    visit(self.book[node.rule])
            if version not in ordered:
                ordered.append(version)

        for root in self.roots:
            visit(root)
        return ordered

    def levels(self) -> list[list[Version]]:
        """Standards that need nothing but facts, then those that refer to them, and so on."""
        depth: dict[str, int] = {}
        found: list[list[Version]] = []
        for version in self.versions():
            below = [depth[n.rule] for n in nodes(version.tree)
                     if isinstance(n, Ref) and n.rule in depth]  # fmt: skip
            depth[version.rule] = max(below, default=-1) + 1
            found += [[]] * (depth[version.rule] + 1 - len(found))
            found[depth[version.rule]] = [*found[depth[version.rule]], version]
        return found

    def fact(self, use: Use) -> int:
        """The number of a fact in the statement."""
        return self.numbers[use]

    def threshold(self, test: Test) -> int:
        """The number a test compares with; exact for integers where it is a share."""
        if not isinstance(test.value, Part):
            return int(test.value)
        other = self.clause_test(test.value)
        whole = self.threshold(other) * test.value.share
        return -(-whole // WHOLE) if test.op in ("ge", "lt") else whole // WHOLE

    def clause_test(self, part: Part) -> Test:
        """The test of a clause of another rule; KeyError when it is not in force."""
        for node in self.book[part.rule].tree.nodes():
            if node.clause == part.clause and isinstance(node, Test):
                return node
        raise KeyError(f"{part.rule} {part.clause}")


def nodes(tree: Tree) -> list[Node]:
    """Every node of guards and condition."""
    guards = [node for guard in tree.guards for node in walk(guard.test)]
    return guards + walk(tree.condition)


def uses_of(node: Node) -> list[Use]:
    """Facts of one node alone."""
    return measured(node.measure) if isinstance(node, Test) else []


def references(tree: Tree) -> set[str]:
    """Rules that a standard needs."""
    found = {node.rule for node in nodes(tree) if isinstance(node, Ref)}
    parts = {
        node.value.rule
        for node in nodes(tree)
        if isinstance(node, Test) and isinstance(node.value, Part)
    }
    return found | parts


__all__ = [
    "Group", "Item", "Node", "Part", "Plan", "Ref", "Score", "Share", "Test", "Tier", "Tree",
    "Use", "Version", "applies", "nodes", "references", "tree_of", "uses", "uses_of", "walk",
]  # fmt: skip

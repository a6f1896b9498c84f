"""The rule book as people read it: rules, versions in force, clauses with their thresholds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.core.errors import NotFound
from app.core.text import N_, _
from app.criteria import citing
from app.criteria.plan import Version
from app.criteria.queries import book
from app.criteria.sources import Source, sources
from app.criteria.tree import Node, Tree, children
from app.criteria.verdict import Words

#: what kind of rule it is, and how the text of a published one is known
STANDINGS = {
    "official": N_("国家和本市规定"), "local": N_("浦东新区规定"), "own": N_("本系统约定"),
}  # fmt: skip
CONFIDENCE = {
    "seen": N_("已见原文或官方解读"), "restated": N_("据转述"), "unverified": N_("未核实"),
    "unpublished": N_("未见原文"),
}  # fmt: skip


@dataclass(frozen=True)
class RuleLine:
    """One rule with the version in force on a day, if there is one."""

    name: str
    title: Words
    short: Words
    instrument: Words
    document: str | None
    standing: str
    confidence: str
    version: int | None
    starts: dt.date | None
    ends: dt.date | None
    subject: str = "firm"
    #: number and first day of the approved version that is the next to come into force
    coming: tuple[int, dt.date] | None = None


@dataclass(frozen=True)
class Clause:
    """A clause as the standard writes it, with the inputs it is judged by."""

    cite: Words
    text: Words
    note: Words
    #: how it is judged, where that is not by data alone: presumed, judgement, remark
    mark: str
    #: how its text is known, where that differs from the whole standard
    confidence: str | None
    kinds: tuple[str, ...]
    depth: int
    sources: list[Source]


@dataclass(frozen=True)
class Edition:
    """One approved version."""

    number: int
    instrument: Words
    document: str | None
    #: kind, round, first day, end, end of the transition, how the first day is known
    forces: list[tuple[str, str | None, dt.date, dt.date | None, dt.date | None, str]]
    content_hash: str

    @property
    def begins(self) -> dt.date:
        """The first day on which it applies to any kind of case."""
        return min((one[2] for one in self.forces), default=dt.date.max)

    @property
    def cases(self) -> set[tuple[str, str | None]]:
        """Kind and round of the cases that it is for."""
        return {(one[0], one[1]) for one in self.forces}


@dataclass(frozen=True)
class Rule:
    """A rule with the clauses of one version and all its versions."""

    line: RuleLine
    #: the number of the version that is shown
    number: int
    clauses: list[Clause]
    guards: tuple[Words, ...]
    notices: tuple[Words, ...]
    assumptions: tuple[Words, ...]
    #: the last to begin first
    editions: list[Edition]

    @property
    def shown(self) -> Edition:
        """The version that is shown."""
        return next(one for one in self.editions if one.number == self.number)

    @property
    def pair(self) -> tuple[int, int] | None:
        """The versions to lay beside each other, the one that began first before the other: the
        one shown and the last before it for the same cases, else the next or whichever there is;
        nothing for a single one."""
        order = self.editions[::-1]
        at = next((n for n, one in enumerate(order) if one.number == self.number), None)
        if at is None or len(order) == 1:
            return None
        own, before, after = order[at], order[:at][::-1], order[at + 1 :]
        alike = next((one for one in (*before, *after) if one.cases & own.cases), None)
        other = alike or (*before, *after)[0]
        old, new = (other, own) if other in before else (own, other)
        return old.number, new.number

    @property
    def standing(self) -> str:
        """What kind of rule it is."""
        return _(STANDINGS[self.line.standing])

    @property
    def confidence(self) -> str:
        """How its text is known; nothing for a rule of our own."""
        return _(CONFIDENCE[self.line.confidence]) if self.line.confidence else ""


def rules(day: dt.date) -> list[RuleLine]:
    """Every rule, by name."""
    return [_line(name, day) for name in sorted(book())]


def find(rule: str, day: dt.date, number: int | None = None) -> Rule:
    """One rule as its version in force says it, or another one; NotFound for an unknown name or
    number."""
    versions = book().get(rule)
    if not versions:
        raise NotFound()
    return told(_shown(versions, day) if number is None else numbered(rule, number), day)


def told(shown: Version, day: dt.date) -> Rule:
    """A rule as one of its versions says it, approved or not."""
    tree, versions = shown.tree, book().get(shown.rule, [])
    return Rule(
        _line(shown.rule, day, shown),
        shown.number,
        list(_clauses(tree, tree.condition, 0)),
        tuple(guard.otherwise for guard in tree.guards),
        tree.notices,
        tree.assumptions,
        sorted(
            (
                Edition(v.number, v.tree.instrument, v.tree.document, _forces(v), v.content_hash)
                for v in versions
            ),
            key=lambda one: (one.begins, one.number),
            reverse=True,
        ),
    )


def numbered(rule: str, number: int) -> Version:
    """An approved version by its number; NotFound."""
    found = next((v for v in book().get(rule, []) if v.number == number), None)
    if found is None:
        raise NotFound()
    return found


def _forces(version: Version) -> list[Any]:
    lines = {(f.kind, f.round, f.starts): f for f in version.tree.force}
    found = []
    for kind, cycle, starts, ends in version.force:
        line = lines.get((kind, cycle, starts.isoformat()))
        last = line.transition if line else None
        known = _(CONFIDENCE[line.confidence]) if line and line.confidence else ""
        beside = dt.date.fromisoformat(last) if last else None
        found.append((kind, cycle, starts, ends, beside, known))
    return found


def _shown(versions: list[Version], day: dt.date) -> Version:
    return next((v for v in versions if v.in_force(day, "new")), versions[-1])


def _line(rule: str, day: dt.date, of: Version | None = None) -> RuleLine:
    shown = of or _shown(book()[rule], day)
    tree: Tree = shown.tree
    now = [f for f in shown.force if f[0] == "new" and f[2] <= day and (not f[3] or day < f[3])]
    starts, ends = (now[0][2], now[0][3]) if now else (None, None)
    return RuleLine(
        rule, tree.title, tree.short, tree.instrument, tree.document, tree.standing,
        tree.confidence, shown.number if now else None, starts, ends, tree.subject,
        _coming(rule, day),
    )  # fmt: skip


def _coming(rule: str, day: dt.date) -> tuple[int, dt.date] | None:
    """Number and first day of the approved version that begins next after a day; not of one that
    holds for some kind of case already."""
    firsts = [
        (min(f[2] for f in one.force), one.number) for one in book().get(rule, []) if one.force
    ]
    starts, number = min((one for one in firsts if one[0] > day), default=(None, 0))
    return (number, starts) if starts else None


def _clauses(tree: Tree, node: Node, depth: int) -> Iterator[Clause]:
    if node.clause:
        yield Clause(
            citing.words(node.cite), node.text, node.note, node.mark,
            _(CONFIDENCE[node.confidence]) if node.confidence else None, node.kinds, depth,
            sources(node, tree),
        )  # fmt: skip
    for below in children(node):
        yield from _clauses(tree, below, depth + bool(node.clause))


def cites(basis: str | None, rule: str = "incubator.graduation") -> str | None:
    """Clauses that a decision keeps by number (9-1,9-3), as the regulation cites them.

    A clause that no version of the rule knows keeps its number; None when there is none.
    """
    nodes = [node for one in book().get(rule, []) for node in one.tree.clauses_all()]
    known = {node.clause: str(citing.words(node.cite)) for node in nodes}
    found = [known.get(code, code) for code in (basis or "").split(",") if code]
    return _("、").join(found) or None

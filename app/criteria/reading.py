"""The rule book as people read it: rules, versions in force, clauses with their thresholds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from app.core.errors import NotFound
from app.core.text import _
from app.criteria import citing
from app.criteria.plan import Version
from app.criteria.queries import book
from app.criteria.tree import Node, Part, Test, Tree
from app.criteria.verdict import Words


@dataclass(frozen=True)
class RuleLine:
    """One rule with the version in force on a day, if there is one."""

    name: str
    title: Words
    instrument: Words
    document: str | None
    standing: str
    version: int | None
    starts: dt.date | None
    ends: dt.date | None
    subject: str = "firm"


@dataclass(frozen=True)
class Clause:
    """A clause with the mark it sets, as the standard writes it."""

    cite: Words
    text: Words
    note: Words
    op: str | None
    mark: str | None
    judgement: bool


@dataclass(frozen=True)
class Edition:
    """One approved version."""

    number: int
    #: kind, round, first day, end, end of the transition
    forces: list[tuple[str, str | None, dt.date, dt.date | None, dt.date | None]]
    content_hash: str


@dataclass(frozen=True)
class Rule:
    """A rule with the clauses of one version and all its versions."""

    line: RuleLine
    clauses: list[Clause]
    notices: tuple[Words, ...]
    assumptions: tuple[Words, ...]
    editions: list[Edition]


def rules(day: dt.date) -> list[RuleLine]:
    """Every rule, by name."""
    return [_line(name, day) for name in sorted(book())]


def find(rule: str, day: dt.date) -> Rule:
    """One rule; NotFound for an unknown name."""
    versions = book().get(rule)
    if not versions:
        raise NotFound()
    shown = _shown(versions, day)
    tree = shown.tree
    return Rule(
        _line(rule, day),
        [_clause(node) for node in tree.clauses_all()],
        tree.notices,
        tree.assumptions,
        [Edition(v.number, _forces(v), v.content_hash) for v in reversed(versions)],
    )


def _forces(version: Version) -> list[Any]:
    beside = {(f.kind, f.round, f.starts): f.transition for f in version.tree.force}
    found = []
    for kind, cycle, starts, ends in version.force:
        last = beside.get((kind, cycle, starts.isoformat()))
        found.append((kind, cycle, starts, ends, dt.date.fromisoformat(last) if last else None))
    return found


def _shown(versions: list[Version], day: dt.date) -> Version:
    return next((v for v in versions if v.in_force(day, "new")), versions[-1])


def _line(rule: str, day: dt.date) -> RuleLine:
    shown = _shown(book()[rule], day)
    tree: Tree = shown.tree
    now = [f for f in shown.force if f[0] == "new" and f[2] <= day and (not f[3] or day < f[3])]
    starts, ends = (now[0][2], now[0][3]) if now else (None, None)
    return RuleLine(
        rule, tree.title, tree.instrument, tree.document, tree.standing,
        shown.number if now else None, starts, ends, tree.subject,
    )  # fmt: skip


def _clause(node: Node) -> Clause:
    op = mark = None
    if isinstance(node, Test) and not isinstance(node.value, Part):
        op, value = node.op, node.value
        mark = None if isinstance(value, bool) or value is None else str(value)
    return Clause(citing.words(node.cite), node.text, node.note, op, mark, node.mark == "judgement")


def cites(basis: str | None, rule: str = "incubator.graduation") -> str | None:
    """Clauses that a decision keeps by number (9-1,9-3), as the regulation cites them.

    A clause that no version of the rule knows keeps its number; None when there is none.
    """
    nodes = [node for one in book().get(rule, []) for node in one.tree.clauses_all()]
    known = {node.clause: str(citing.words(node.cite)) for node in nodes}
    found = [known.get(code, code) for code in (basis or "").split(",") if code]
    return _("、").join(found) or None

"""What a clause is judged by, and where each of these inputs is entered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.core.text import N_, _
from app.criteria.facts import CATALOGUE
from app.criteria.queries import book
from app.criteria.saying import measured_thing
from app.criteria.tree import Node, Points, Ref, Score, Test, Tree, Use, children, keyed, measured
from app.firms.models import MilestoneKind

#: the page that holds the box, by the kind of entry that a fact names
PLACES = {
    "figures": N_("企业 › 填报数据"),
    "firm": N_("企业 › 基本情况"),
    "residency": N_("企业 › 入驻记录"),
    "place": N_("企业 › 基本情况"),
    "stated": N_("企业 › 自述数据"),
    "milestone": N_("企业 › 大事记"),
    "carrier": N_("载体 › 基本情况"),
    "carrier_figures": N_("载体 › 载体数据"),
    "carrier_stated": N_("载体 › 自述数据"),
    "records": N_("由所驻企业的记录汇总"),
}


@dataclass(frozen=True)
class Source:
    """An input of a clause by name, with where it is entered; `rule` where it is another rule."""

    what: str
    where: str
    rule: str | None = None


def sources(node: Node, tree: Tree) -> list[Source]:
    """The inputs of a clause of a standard, not those of clauses below it, each once."""
    return list(dict.fromkeys(_sources(node, tree)))


def _sources(node: Node, tree: Tree) -> Iterator[Source]:
    if isinstance(node, Ref):
        versions = book().get(node.rule)
        if versions:
            yield Source(str(versions[-1].tree.short), _("另一项标准"), node.rule)
    if isinstance(node, Test):
        measure = node.measure
        if isinstance(measure, Points):
            measure = Score((keyed(tree)[measure.key],))
        for use in measured(measure):
            yield Source(str(measured_thing(use)), _where(use))
    for below in children(node):
        if not below.clause:
            yield from _sources(below, tree)


def _where(use: Use) -> str:
    fact = CATALOGUE[use.fact]
    kind, field = fact.entry
    if kind == "milestone" and field:
        return f"{_(PLACES[kind])} › {MilestoneKind(field).label}"
    return _(PLACES[kind]) if kind else _(fact.origin or N_("原文未见，无需填报"))

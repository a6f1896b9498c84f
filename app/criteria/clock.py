"""The incubation limit as the rule book states it, for whoever winds a firm's clock."""

from __future__ import annotations

from app.criteria.interval import MONTH
from app.criteria.tree import Test, Tier, Tree, Use, walk


def months(tree: Tree, incubation_field: str | None) -> int:
    """Full months of the first tier of the standard that a field falls in."""
    for node in walk(tree.condition):
        if not isinstance(node, Tier):
            continue
        for when, then in node.cases:
            if isinstance(when, Test) and isinstance(then, Test) and _hits(when, incubation_field):
                return int(then.value) // MONTH
        if isinstance(node.otherwise, Test):
            return int(node.otherwise.value) // MONTH
    raise ValueError(f"{tree.rule} has no tiers of months")


def _hits(when: Test, code: str | None) -> bool:
    return isinstance(when.measure, Use) and code is not None and code in when.value

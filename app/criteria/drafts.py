"""Drafts of a rule beside the version in force: what a second person approves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.core.db import session
from app.core.text import _
from app.criteria import citing, showing
from app.criteria.models import Standard, StandardState
from app.criteria.plan import tree_of
from app.criteria.queries import in_force
from app.criteria.tree import Node, Part, Test, Tree
from app.criteria.verdict import Text, Words

OPEN = (StandardState.DRAFT, StandardState.SUBMITTED)


@dataclass(frozen=True)
class Difference:
    """One thing that a draft would change; None where there is or will be nothing."""

    what: Text
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Draft:
    """A version that is not approved, with its author and what it would change."""

    row: Standard
    author: str | None
    differences: list[Difference]


def drafts(rule: str, day: dt.date) -> list[Draft]:
    """The drafts of a rule, the oldest first."""
    rows = session.execute(
        select(Standard, Person.name)
        .outerjoin(Person, Person.id == Standard.author_id)
        .where(Standard.rule == rule, Standard.state.in_(OPEN))
        .order_by(Standard.version)
    )
    held = in_force(day).get(rule)
    old = held.tree if held is not None else None
    return [Draft(row, name, differences(old, tree_of(row.content))) for row, name in rows]


def differences(old: Tree | None, new: Tree) -> list[Difference]:
    """Title, source, days and clauses that differ, as people read them."""
    before, after = _lines(old) if old is not None else {}, _lines(new)
    keys = [*before, *(key for key in after if key not in before)]
    return [
        Difference((after.get(key) or before[key])[0], _second(before, key), _second(after, key))
        for key in keys
        if _second(before, key) != _second(after, key)
    ]


def _second(lines: dict[Any, tuple[Text, str]], key: Any) -> str | None:
    return lines[key][1] if key in lines else None


def _lines(tree: Tree) -> dict[Any, tuple[Text, str]]:
    found: dict[Any, tuple[Text, str]] = {
        "title": (Words("标准", "Standard"), str(tree.title)),  # zh: both languages
        "source": (
            Words("依据", "Source"),  # zh: both languages
            " ".join(str(one) for one in (tree.instrument, tree.document) if one),
        ),
        "days": (
            Words("起止", "In force"),  # zh: both languages
            _("；").join(f"{one.starts} — {one.ends or _('今')}" for one in tree.force),
        ),
    }
    for node in tree.clauses_all():
        marked = " ".join(one for one in (str(node.text), mark(node)) if one)
        found[node.clause] = (citing.words(node.cite), marked)
    for n, one in enumerate(tree.assumptions):
        found["reading", n] = (Words("口径", "Reading"), str(one))  # zh: both languages
    return found


def mark(node: Node) -> str | None:
    """The threshold of a clause in words: > 500.00 万元."""
    if not isinstance(node, Test) or node.op not in showing.SIGNS:
        return None
    sign = showing.SIGNS[node.op]
    if isinstance(node.value, Part):
        share = showing.amount("share", node.value.share)
        return f"{sign} {share} × {node.value.rule} {node.value.clause}"
    amount = showing.amount(node.unit, int(node.value))
    return f"{sign} {_('%(n)s 万元', n=amount) if node.unit == 'fen' else amount}"


__all__ = ["Difference", "Draft", "differences", "drafts", "mark"]

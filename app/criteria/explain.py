"""The row of a statement in words: findings, gaps, the shortest path, the next thing to enter.

It decides nothing: outcomes come from the database, and `agree()` holds the two together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.terms import term_words
from app.criteria import citing
from app.criteria.asking import asks
from app.criteria.compile import Statement
from app.criteria.facts import CATALOGUE
from app.criteria.growing import growth_of
from app.criteria.items import Reached
from app.criteria.models import Outcome
from app.criteria.plan import Plan, Version
from app.criteria.saying import thing
from app.criteria.stage2 import MET, NOT_ASKED, NOT_MET, SHORT
from app.criteria.tree import (
    REMARK,
    Group,
    Growth,
    Item,
    Node,
    Ref,
    Score,
    Share,
    Test,
    Tier,
    Use,
    children,
    keyed,
    measured,
)
from app.criteria.tree import Points as Part
from app.criteria.verdict import NOTHING, Finding, Points, StandardInfo, Verdict, Words, said
from app.criteria.verdict import SHORT as SHOWN_SHORT
from app.criteria.wording import reason, shortest

Row = Mapping[Any, Any]
LETTERS = {
    MET: (Outcome.MET, "met"),
    NOT_MET: (Outcome.NOT_MET, "not_met"),
    SHORT: (Outcome.UNKNOWN, SHOWN_SHORT),
    NOT_ASKED: (Outcome.NOT_APPLICABLE, "not_applicable"),
}
TRUST = ("list", "district", "carrier", "self")


def verdict(
    made: Statement, version: Version, row: Row, day: dt.date, cut: int,
    reached: Reached | None = None,
) -> Verdict:  # fmt: skip
    """The verdict of one standard out of a statement's row."""
    prefix = f"r{version.id}_"
    tree = version.tree
    findings = _findings(made, version, row, reached or Reached())
    outcome = Outcome(row[prefix + "outcome"])
    shown = row[prefix + "display"]
    missing = () if reached is None else asks(made, version, row, reached, day)
    return Verdict(
        standard=info(version),
        kind=made.compiler.plan.kind,
        day=day,
        cut=cut,
        subject_id=row["id"],
        outcome=outcome,
        display=shown,
        candidate=bool(row[prefix + "candidate"]),
        manual_review=bool(row[prefix + "manual_review"]),
        score_low=row[prefix + "score_low"],
        score_high=row[prefix + "score_high"],
        distance=row[prefix + "distance"],
        findings=findings,
        reason=_barred(version, row) or reason(tree, findings, outcome, shown, missing, day),
        shortest=shortest(tree, findings) if outcome not in _CLOSED else None,
        asks=missing,
        references={
            v.rule: f"{v.number}:{v.content_hash}"
            for v in made.compiler.plan.versions()
            if v.id != version.id
        },
    )


_CLOSED = (Outcome.MET, Outcome.NOT_APPLICABLE)


def info(version: Version) -> StandardInfo:
    """How a version is cited."""
    tree = version.tree
    root = tree.condition
    return StandardInfo(
        id=version.id,
        pid=version.pid,
        rule=version.rule,
        version=version.number,
        standing=tree.standing,
        title=tree.title,
        short=tree.short,
        instrument=tree.instrument,
        document=tree.document,
        clause=citing.words(tree.cite),
        content_hash=version.content_hash,
        notices=tree.notices,
        any_one=isinstance(root, Group) and root.op == "any",
    )


def _barred(version: Version, row: Row) -> Words | None:
    """The printed reason where the standard does not apply."""
    for n, guard in enumerate(version.tree.guards):
        if row[f"g{version.id}_{n}"] in (False, 0) and row[f"g{version.id}_{n}"] is not None:
            return guard.otherwise
    return None


def _findings(made: Statement, version: Version, row: Row, reached: Reached) -> tuple[Finding, ...]:
    found = []
    letters = iter(row[f"r{version.id}_clauses"])
    remarks: set[str | None] = set()
    for node, parent in _clauses(version.tree.condition, None):
        outcome, shown = LETTERS.get(next(letters), (Outcome.UNKNOWN, "unknown"))
        made_of = _finding(made, node, parent, row, outcome, shown, reached)
        if node.mark == REMARK or parent in remarks:
            remarks.add(node.clause)
            made_of = replace(made_of, remark=True)
        found.append(made_of)
    return tuple(found)


def _clauses(node: Node, parent: str | None) -> list[tuple[Node, str | None]]:
    own = [(node, parent)] if node.clause else []
    below = node.clause or parent
    return own + [one for child in children(node) for one in _clauses(child, below)]


def _finding(
    made: Statement, node: Node, parent: str | None, row: Row, outcome: Outcome, shown: str,
    recorded: Reached,
) -> Finding:  # fmt: skip
    test = _measured(made, node, row)
    values: dict[str, Any] = _values(made, test, row) if test is not None else {}
    if shown == "unknown" and "points" in values:  # a range that may reach the mark
        values["gap"] = None
    uses = _uses_of(test)
    reached = tuple(item for use in uses for item in recorded.items.get(use, ()))
    kind = CATALOGUE[uses[0].fact].milestone if len(uses) == 1 else None
    levels = [item.verification for item in reached if item.verification in TRUST]
    return Finding(
        clause=node.clause or "",
        cite=node.cite,
        cited=citing.words(node.cite),
        label=citing.label(node.cite),
        text=node.text,
        outcome=outcome,
        display=shown,
        items=reached,
        verification=max(levels, key=TRUST.index) if levels else None,
        judgement=node.mark == "judgement",
        presumed=node.mark == "presumed",
        parent=parent,
        note=node.note,
        attested_to=recorded.attested_to(kind) if kind else None,
        thing=thing(test),
        fact=uses[0].fact if len(uses) == 1 else None,
        counted=tuple(dict.fromkeys(said(o) for u in uses if (o := CATALOGUE[u.fact].origin))),
        **values,
    )


def _uses_of(test: Test | None) -> tuple[Use, ...]:
    if test is None:
        return ()
    return () if isinstance(test.measure, Score) else tuple(measured(test.measure))


def _measured(made: Statement, node: Node, row: Row) -> Test | None:
    """The test whose figures a clause shows; of a tier, the one that applies."""
    if isinstance(node, Test):
        return node
    if isinstance(node, Tier):
        for when, then in node.cases:
            value = row[made.compiler.layers.names["t", id(when)]]
            if value:
                return then if isinstance(then, Test) else None
        return node.otherwise if isinstance(node.otherwise, Test) else None
    other = made.compiler.plan.book.get(node.rule) if isinstance(node, Ref) else None
    root = other.tree.condition if other is not None else None
    return root if isinstance(root, Test) and isinstance(root.measure, Score) else None


def _values(made: Statement, test: Test, row: Row) -> dict[str, Any]:
    """Low, high, threshold and gap of a test in base units."""
    plan = made.compiler.plan
    if test.op in ("in", "not_in"):
        return {"unit": "code", "op": test.op, "coded": _coded(plan, test, row)}
    if test.op == "is":
        n = plan.fact(test.measure)  # type: ignore[arg-type]
        return {"low": row[f"f{n}_lo"], "high": row[f"f{n}_hi"], "unit": "flag", "op": "is",
                "threshold": int(test.value)}  # fmt: skip
    mark = plan.threshold(test)
    base: dict[str, Any] = {"unit": test.unit, "op": test.op, "threshold": mark}
    if isinstance(test.measure, Score):
        names = made.compiler.layers.names
        low, high = row[names["score_lo", id(test)]], row[names["score_hi", id(test)]]
        parts = [p for item in test.measure.items for p in _points(names, item, row, 0)]
        base["points"] = tuple(parts)
    elif isinstance(test.measure, Part):
        item = next(
            i
            for version in plan.versions()
            for i in [keyed(version.tree).get(test.measure.key)]
            if i is not None and test in version.tree.nodes()
        )
        names = made.compiler.layers.names
        low, high = row[names["lo", id(item)]], row[names["hi", id(item)]]
    elif isinstance(test.measure, Growth):
        low, high = growth_of(plan, test.measure, row)
    elif isinstance(test.measure, Share):
        low, high = _share(plan, test.measure, row)
    else:
        n = plan.fact(test.measure)
        low, high = row[f"f{n}_lo"], row[f"f{n}_hi"]
    return base | {"low": low, "high": high, "gap": _gap(test.op, low, high, mark)}


def _coded(plan: Plan, test: Test, row: Row) -> Words:
    """The word of the code that is recorded."""
    assert isinstance(test.measure, Use)
    code = row[f"f{plan.fact(test.measure)}"]
    list_ = CATALOGUE[test.measure.fact].entry[1]
    found = term_words(list_, code) if list_ and code else None
    return Words(*found) if found else NOTHING


def _points(names: Mapping[Any, str], item: Item, row: Row, depth: int) -> list[Points]:
    """Points of a part of a score and of what it adds up."""
    low, high = row[names["lo", id(item)]], row[names["hi", id(item)]]
    own = Points(item.text, int(low), int(high), item.most, depth)
    return [own, *(p for part in item.sum for p in _points(names, part, row, depth + 1))]


def _share(plan: Plan, share: Share, row: Row) -> tuple[int | None, int | None]:
    """Bounds of a share for show, in ten-thousandths, cut off."""
    a, b = plan.fact(share.part), plan.fact(share.whole)
    part = row[f"f{a}_lo"], row[f"f{a}_hi"]
    whole = row[f"f{b}_lo"], row[f"f{b}_hi"]
    low = part[0] * 10_000 // whole[1] if part[0] is not None and whole[1] else None
    high = part[1] * 10_000 // whole[0] if part[1] is not None and whole[0] else None
    return low, high


def _gap(op: str, low: int | None, high: int | None, mark: int) -> int | None:
    """What is missing to a floor, or beyond a ceiling; None when nothing or not known. Nothing on
    record that may be anything is no gap of the whole: it is not known."""
    if op in ("ge", "gt"):
        if low is None or (not low and high is None):
            return None
        reached = low >= mark if op == "ge" else low > mark
        return None if reached else mark - low
    over = low is not None and (low > mark if op == "le" else low >= mark)
    return low - mark if over and low is not None else None

"""Sentences about a verdict: the reason in one line, the shortest path, what to enter next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from app.core.filters import num, pct, wan
from app.core.text import N_
from app.criteria.facts import CATALOGUE
from app.criteria.interval import MONTH, WHOLE
from app.criteria.models import Outcome
from app.criteria.tree import Group, Test, Tree, Use
from app.criteria.units import SHOWN
from app.criteria.verdict import NOTHING, SHORT, Ask, Finding, Item, Said, Text, Words, said

UNIT_WORDS = {
    "fen": N_("%(n)s 万元"),
    "heads": N_("%(n)s 人"),
    "months": N_("%(n)s 个月"),
    "items": N_("%(n)s 项"),
    "points": N_("%(n)s 分"),
}


def figure(value: int, unit: str) -> str:
    """A value of a unit as a number: fen as 万元, months full, shares in per cent."""
    from decimal import Decimal  # keeps the head of the module to what sentences need

    if unit == "fen":
        return wan(value)
    if unit == "share":
        return pct(Decimal(value) / WHOLE)
    if unit == "months":
        return num(value // MONTH)
    return num(Decimal(value) / SHOWN.get(unit, 1))


def quantity(value: int, unit: str) -> Text:
    """The same with the word of the unit."""
    text = UNIT_WORDS.get(unit)
    shown = figure(value, unit)
    return said(text, n=shown) if text else Words(shown, shown)


def gap_words(finding: Finding) -> Text:
    """What is missing or too much, as a sentence."""
    if finding.gap is None or finding.unit is None:
        return NOTHING
    amount = quantity(finding.gap, finding.unit)
    if finding.op == "gt":
        return said(N_("%(clause)s还差超过 %(gap)s"), clause=finding.label, gap=amount)
    if finding.op == "ge":
        return said(N_("%(clause)s还差 %(gap)s"), clause=finding.label, gap=amount)
    return said(N_("%(clause)s超出 %(gap)s"), clause=finding.label, gap=amount)


def reason(tree: Tree, findings: Sequence[Finding], outcome: Outcome, shown: str) -> Text:
    """One line for a flag."""
    leaves = _leaves(findings)
    if outcome is Outcome.MET:
        met = [f for f in leaves if f.outcome is Outcome.MET]
        if _any(tree) and met:
            return said(N_("符合%(cite)s"), cite=met[0].cite)
        return said(N_("各项均符合"))
    if outcome is Outcome.NOT_MET and not _any(tree):
        failing = next((f for f in leaves if f.outcome is Outcome.NOT_MET), None)
        if failing is not None:
            return gap_words(failing) if failing.gap else said(
                N_("不符合：%(what)s"), what=failing.text
            )  # fmt: skip
    near = nearest(leaves)
    if shown == SHORT and near is not None:
        return gap_words(near)
    if shown == "unknown":
        opened = next((f for f in leaves if f.display == "unknown"), None)
        if opened is not None:
            return said(N_("待补：%(what)s"), what=opened.text)
    return gap_words(near) if near is not None else said(N_("尚无一项符合"))


def shortest(tree: Tree, findings: Sequence[Finding]) -> Text | None:
    """What is still missing on the nearest way, on what is certain."""
    near = nearest(_leaves(findings))
    return gap_words(near) if near is not None else None


def nearest(findings: Sequence[Finding]) -> Finding | None:
    """The clause with the smallest share of its threshold missing."""
    open_ = [
        f for f in findings
        if f.gap is not None and f.threshold and f.op in ("ge", "gt")
        and f.outcome is not Outcome.MET
    ]  # fmt: skip
    return min(open_, key=lambda f: (f.gap or 0) * WHOLE // (f.threshold or 1), default=None)


def _any(tree: Tree) -> bool:
    return isinstance(tree.condition, Group) and tree.condition.op == "any"


def _leaves(findings: Sequence[Finding]) -> list[Finding]:
    parents = {f.parent for f in findings}
    return [f for f in findings if f.clause not in parents]


def ask(tree: Tree, findings: Sequence[Finding], day: dt.date) -> Ask | None:
    """The one entry that can turn the outcome: a recorded item left open comes first."""
    open_ = [f for f in _leaves(findings) if f.outcome is Outcome.UNKNOWN and f.display != SHORT]
    tests = {n.clause: n for n in tree.nodes() if n.clause and isinstance(n, Test)}
    for finding in open_:
        for item in finding.items:
            if item.source == "milestone" and item.low != item.high:
                return _settle(finding, item)
    for finding in open_:
        test = tests.get(finding.clause)
        if test is not None and isinstance(test.measure, Use):
            made = _enter(finding, test.measure, day)
            if made is not None:
                return made
    return None


def _settle(finding: Finding, item: Item) -> Ask:
    effect: Text = NOTHING
    if item.high is not None and finding.unit == "fen" and finding.low is not None:
        total = finding.low + item.high
        reached = finding.threshold is not None and total > finding.threshold
        text = (
            N_("到账后累计 %(sum)s 万元，%(cite)s为符合")
            if reached
            else N_("到账后累计 %(sum)s 万元")
        )
        effect = said(text, sum=wan(total), cite=finding.cite)
        words: Text = said(
            N_("%(name)s %(sum)s 万元何时到账？"), name=item.words, sum=wan(item.high)
        )
        return Ask("milestone", finding.clause, words, effect, item.id, "received_on")
    return Ask(
        "milestone", finding.clause, said(N_("请核对：%(name)s"), name=item.words), effect, item.id
    )


def _enter(finding: Finding, use: Use, day: dt.date) -> Ask | None:
    fact = CATALOGUE[use.fact]
    kind, field = fact.entry
    after = said(N_("录入后可核对%(cite)s"), cite=finding.cite)
    if kind == "milestone":
        words: Text = said(N_("%(cite)s尚无填报承诺"), cite=finding.cite)
        return Ask("attestation", finding.clause, words, after, None, field)
    if kind == "figures":
        arguments = use.arguments
        years = {item.day.year for item in finding.items if item.day}
        year = day.year - 1 - arguments.get("back", 0)
        if year in years:
            return None
        words = said(N_("请填报 %(year)s 年度数据"), year=year)
        return Ask("figures", finding.clause, words, after, None, arguments["column"], year)
    return Ask(
        kind, finding.clause, said(N_("请补：%(what)s"), what=finding.text), after, None, field
    )


__all__ = ["Said", "ask", "figure", "gap_words", "nearest", "quantity", "reason", "shortest"]

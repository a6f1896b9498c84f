"""Sentences about a verdict: what is missing, the reason in one line, the ways to the outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal

from app.core.days import month_ord
from app.core.filters import num, pct, wan, yuan
from app.core.text import N_
from app.criteria.interval import MONTH, WHOLE
from app.criteria.models import Outcome
from app.criteria.tree import REMARK, Group, Node, Tree, versions_of
from app.criteria.units import PER, SHOWN
from app.criteria.verdict import NOTHING, SHORT, Ask, Finding, Said, Text, Words, said

UNIT_WORDS = {
    "fen": N_("%(n)s 万元"),
    "heads": N_("%(n)s 人"),
    "months": N_("%(n)s 个月"),
    "items": N_("%(n)s 项"),
    "days": N_("%(n)s 天"),
    "years": N_("%(n)s 年"),
    "points": N_("%(n)s 分"),
    "firms": N_("%(n)s 家"),
    "people": N_("%(n)s 人"),
    "m2": N_("%(n)s 平方米"),
    "grade": N_("%(n)s 级"),
}
#: a page shows money to a hundredth of 万元: this many fen
CENT = WHOLE
#: so many for each so many others are shown as exactly as this, cut off
HUNDREDTH = Decimal(1) / 100
#: the fact whose months wind the clock of incubation
CLOCK = "time_used"


def figure(value: int, unit: str) -> str:
    """A value of a unit as a number: fen as 万元, months full, shares in per cent."""
    if unit == "fen":
        return wan(value)
    if unit.startswith(PER):
        exact = Decimal(value * int(unit.removeprefix(PER))) / WHOLE
        return num(exact.quantize(HUNDREDTH, ROUND_DOWN).normalize())
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


def missing(value: int, unit: str) -> Text:
    """An amount that is missing or too much: never shown smaller than it is, never as nothing."""
    if unit == "fen":
        if value < CENT:
            return said(N_("%(n)s 元"), n=yuan(value))
        return quantity(rounded_up(value), unit)
    if unit == "months" and value < MONTH:
        return said(N_("不足 1 个月"))
    return quantity(value, unit)


def rounded_up(fen: int) -> int:
    """Fen up to the next hundredth of 万元."""
    return -(-fen // CENT) * CENT


def gap_words(finding: Finding) -> Text:
    """What is missing or too much, as a sentence without a number of a clause."""
    if finding.gap is None or finding.unit is None:
        return NOTHING
    amount, thing = missing(finding.gap, finding.unit), finding.thing
    if finding.op == "gt" and not finding.gap:
        mark = quantity(finding.threshold or 0, finding.unit)
        return said(N_("%(thing)s已到 %(mark)s，须超过此数"), thing=thing, mark=mark)
    if finding.op == "gt":
        return said(N_("%(thing)s还差超过 %(gap)s"), thing=thing, gap=amount)
    if finding.op == "ge":
        return said(N_("%(thing)s还差 %(gap)s"), thing=thing, gap=amount)
    return said(N_("%(thing)s超出 %(gap)s"), thing=thing, gap=amount)


def clock_words(finding: Finding, day: dt.date) -> Text | None:
    """How many days of incubation are left or over, where a clause is about that."""
    if finding.fact != CLOCK or finding.low is None or finding.threshold is None:
        return None
    last = _date(month_ord(day) + finding.threshold - finding.low)
    left = (last - day).days
    if finding.outcome is Outcome.MET and left >= 0:
        return said(N_("还有 %(n)s 天，至 %(day)s"), n=left, day=last.isoformat())
    if finding.outcome is Outcome.NOT_MET and left < 0:
        return said(N_("已超期 %(n)s 天"), n=-left)
    return None


def _date(order: int) -> dt.date:
    """The day of a `month_ord`; one beyond the end of its month runs into the next."""
    months, over = divmod(order - 1, MONTH)
    year, month = divmod(months - 1, 12)
    return dt.date(year, month + 1, 1) + dt.timedelta(days=over)


def reason(
    tree: Tree, findings: Sequence[Finding], outcome: Outcome, shown: str, asks: Sequence[Ask],
    day: dt.date,
) -> Text:  # fmt: skip
    """One line for a flag: why the outcome is what it is, understood without the regulation, and
    what is only pointed out."""
    told, remark = _told(tree, findings, outcome, shown, asks, day), _remark(findings, day)
    if remark is None or outcome is Outcome.NOT_APPLICABLE:
        return told
    return said(N_("%(told)s；提示：%(remark)s"), told=told, remark=remark)


def _remark(findings: Sequence[Finding], day: dt.date) -> Text | None:
    """The first remark that is surely not met: the days beyond a limit, else its text."""
    over = next(
        (f for f in findings if f.remark and f.parent not in _clauses_of(findings)
         and f.outcome is Outcome.NOT_MET),
        None,
    )  # fmt: skip
    if over is None:
        return None
    below = [f for f in findings if over.clause in (f.clause, f.parent)]
    clock = next((w for f in below if (w := clock_words(f, day)) is not None), None)
    return clock or said(N_("不符合“%(what)s”"), what=over.text)


def _clauses_of(findings: Sequence[Finding]) -> set[str]:
    """Clauses that are remarks."""
    return {f.clause for f in findings if f.remark}


def _told(
    tree: Tree, findings: Sequence[Finding], outcome: Outcome, shown: str, asks: Sequence[Ask],
    day: dt.date,
) -> Text:  # fmt: skip
    leaves = _leaves(findings)
    if outcome is Outcome.MET:
        return _met(tree, findings, leaves, day)
    if outcome is Outcome.NOT_MET:
        failing = [f for f in leaves if f.outcome is Outcome.NOT_MET]
        clock = next((w for f in failing if (w := clock_words(f, day)) is not None), None)
        return clock or _not_met(tree, findings)
    if shown == SHORT:
        near = nearest([f for f in leaves if f.display == SHORT]) or nearest(leaves)
        if near is not None:
            return gap_words(near)
    return _lacking(asks) or _open(leaves)


def _met(tree: Tree, findings: Sequence[Finding], leaves: Sequence[Finding], day: dt.date) -> Text:
    for group in findings if versions_of(tree) else ():
        if not group.parent and group.outcome is Outcome.MET:
            return said(N_("按第 %(n)s 版符合"), n=group.cite.removeprefix("v"))
    met = [f for f in leaves if f.outcome is Outcome.MET]
    clock = next((w for f in met if (w := clock_words(f, day)) is not None), None)
    if not _any(tree) or not met:
        return said(N_("各项均符合"))
    if clock is not None:
        return clock
    if tree.standing == "own":
        return met[0].text
    return said(N_("符合%(cite)s"), cite=met[0].cited)


def _not_met(tree: Tree, findings: Sequence[Finding]) -> Text:
    if _any(tree):
        near = nearest(_leaves(findings))
        return gap_words(near) if near is not None else said(N_("各项条件均不符合"))
    failing = next(
        (f for f in findings if not f.parent and not f.remark and f.outcome is Outcome.NOT_MET),
        None,
    )
    if failing is None:
        return said(N_("符合的条件不够数"))
    below = nearest([f for f in _leaves(findings) if f.parent == failing.clause])
    if below is not None:
        return gap_words(below)
    return gap_words(failing) if failing.gap else said(
        N_("不符合“%(what)s”"), what=failing.text
    )  # fmt: skip


def _lacking(asks: Sequence[Ask]) -> Text | None:
    """What has to be entered: one thing where one is enough, else how many things."""
    if not asks:
        return None
    first = asks[0]
    if first.settles:
        return said(N_("再补 1 项即可判定：%(what)s"), what=first.what)
    if Outcome.MET in first.outcomes or len(asks) == 1:
        return said(N_("待补：%(what)s"), what=first.what)
    return said(N_("待补 %(n)s 项：%(what)s等"), n=len(asks), what=first.what)


def _open(leaves: Sequence[Finding]) -> Text:
    opened = next((f for f in leaves if f.outcome is Outcome.UNKNOWN), None)
    if opened is None:
        return said(N_("是否适用尚待登记"))
    if opened.judgement:
        return said(N_("由主管部门判断：%(what)s"), what=opened.text)
    return said(N_("待补：%(what)s"), what=opened.text)


def shortest(tree: Tree, findings: Sequence[Finding]) -> Text | None:
    """What is still missing on the nearest way, on what is certain; nothing where there is just
    one way: every condition is asked for."""
    root, found = tree.condition, {f.clause: f for f in findings}
    way = _way(root, found) if _alternatives(root) else None
    lacking = way[1] if way is not None else []
    told = [_lacks(tree, one) for one in lacking]
    if not told or len(told) > 1 + 1:
        return None
    return told[0] if len(told) == 1 else said(
        N_("%(first)s，%(then)s"), first=told[0], then=told[-1]
    )  # fmt: skip


def _lacks(tree: Tree, finding: Finding) -> Text:
    if tree.standing == "own" or finding.label == finding.cited:
        return gap_words(finding)
    return said(N_("%(clause)s%(gap)s"), clause=finding.label, gap=gap_words(finding))


def _alternatives(node: Node) -> bool:
    """Whether some of the conditions will do."""
    if not isinstance(node, Group):
        return False
    return node.op == "any" or (node.op == "at_least" and node.count < len(node.parts))


def _way(node: Node, found: Mapping[str, Finding]) -> tuple[int, list[Finding]] | None:
    """The nearest way to a condition: the share that is missing where most is missing, and what is
    missing; None where data or a judgement is needed beside amounts."""
    held = found.get(node.clause or "")
    if held is not None and held.outcome is Outcome.MET:
        return 0, []
    if held is not None and held.outcome is Outcome.NOT_APPLICABLE:
        return None
    if not isinstance(node, Group):
        near = nearest([held] if held is not None else [])
        return None if near is None else (_share(near), [near])
    asked = [part for part in node.parts if part.mark != REMARK]
    ways = sorted((w for part in asked if (w := _way(part, found))), key=lambda one: one[0])
    wanted = {"any": 1, "at_least": node.count}.get(node.op, len(asked))
    if len(ways) < wanted:
        return None
    taken = ways[:wanted]
    return max((share for share, _ in taken), default=0), [f for _, part in taken for f in part]


def nearest(findings: Sequence[Finding]) -> Finding | None:
    """The clause with the smallest share of its threshold missing."""
    open_ = [
        f for f in findings
        if f.gap is not None and f.threshold and f.op in ("ge", "gt")
        and f.outcome is not Outcome.MET
    ]  # fmt: skip
    return min(open_, key=_share, default=None)


def _share(finding: Finding) -> int:
    """The share of a threshold that is missing, in ten-thousandths."""
    return (finding.gap or 0) * WHOLE // (finding.threshold or 1)


def _any(tree: Tree) -> bool:
    return isinstance(tree.condition, Group) and tree.condition.op == "any"


def _leaves(findings: Sequence[Finding]) -> list[Finding]:
    parents = {f.parent for f in findings}
    return [f for f in findings if f.clause not in parents and not f.remark]


__all__ = [
    "Said", "clock_words", "figure", "gap_words", "missing", "nearest", "quantity", "reason",
    "rounded_up", "shortest",
]  # fmt: skip

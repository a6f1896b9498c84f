"""Findings in the reader's words: value, threshold and gap in the units that offices use."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from app.core.filters import day as day_text
from app.core.filters import num, pct, wan
from app.core.text import _
from app.criteria.interval import MONTH, WHOLE
from app.criteria.models import Outcome
from app.criteria.units import PER, SHOWN
from app.criteria.verdict import Finding, Points, Verdict
from app.criteria.wording import UNIT_WORDS, figure, rounded_up

SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
#: how many recorded things a page names under a value
NAMED = 2


@dataclass(frozen=True)
class Shown:
    """One row of the sheet as it is printed."""

    finding: Finding
    value: str | None
    origin: str | None
    threshold: str | None
    gap: str | None
    evidence: int
    #: page of the newest recorded thing with evidence
    href: str | None = None

    @property
    def blank(self) -> bool:
        """Whether what is compared is not on record: something to fill in, and no gap."""
        f = self.finding
        open_ = f.outcome is Outcome.UNKNOWN and not f.judgement
        return open_ and self.value is None and self.gap is None and f.unit not in (None, "code")

    @property
    def depth(self) -> int:
        """How far the clause stands below another one."""
        return 1 if self.finding.parent else 0


def amount(unit: str | None, value: int) -> str:
    """A figure of a fact in the unit of the page."""
    if unit == "fen":
        return str(wan(value))
    if unit is not None and unit.startswith(PER):
        return figure(value, unit)
    if unit == "share":
        return str(pct(Decimal(value) / WHOLE))
    if unit == "heads":
        return _("%(n)s 人", n=num(value // SHOWN["heads"]))
    if unit == "months":
        return _("%(n)s 个月", n=value // MONTH)
    if unit == "day":
        return str(day_text(_day(value)))
    text = UNIT_WORDS.get(unit or "")
    return _(text, n=num(value)) if text else str(num(value))


def _day(order: int) -> dt.date:
    months, day = divmod(order, MONTH)
    year, month = divmod(months - 1, 12)
    return dt.date(year, month + 1, day)


def value(finding: Finding) -> str | None:
    """The recorded value: exact, a range, a lower bound, or None when nothing is known."""
    low, high, unit = finding.low, finding.high, finding.unit
    if unit is None:
        return None
    if unit == "code":
        return str(finding.coded) or None
    if unit == "flag":
        return {(0, 0): _("无"), (1, 1): _("有")}.get((low or 0, 1 if high is None else high))
    if low is not None and low == high:
        return amount(unit, low)
    if high is not None and low is not None:
        return f"{amount(unit, low)} ~ {amount(unit, high)}"
    return f"≥ {amount(unit, low)}" if low else None


def threshold(finding: Finding) -> str | None:
    """The mark that the regulation sets."""
    if finding.threshold is None:
        return None
    if finding.unit == "flag" or finding.op == "is":
        return _("有") if finding.threshold else _("无")
    return f"{SIGNS.get(finding.op or '', '')} {amount(finding.unit, finding.threshold)}".strip()


def gap(finding: Finding) -> str | None:
    """What is missing on what is recorded; strict marks ask for more than this."""
    if finding.gap is None or finding.unit in (None, "flag", "day"):
        return None
    if not finding.gap:
        return _("须超过")
    sign = "> " if finding.op == "gt" else ""
    shown = rounded_up(finding.gap) if finding.unit == "fen" else finding.gap
    return f"{sign}{amount(finding.unit, shown)}"


def origin(finding: Finding) -> str | None:
    """The recorded things behind the value: the newest ones, and how many in all."""
    if str(finding.coded):
        return _("企业登记信息")
    items = sorted(finding.items, key=lambda i: i.day or dt.date.min, reverse=True)
    if finding.counted:
        own = (str(item.words) for item in items[:NAMED])
        return _("；").join(dict.fromkeys((*map(str, finding.counted), *own)))
    if all(item.source == "figures" for item in items):
        years = dict.fromkeys(str(item.words) for item in items)
        return _("、").join(years) or _promised(finding)
    words = dict.fromkeys(str(item.words) for item in items[:NAMED] if str(item.words))
    named = _("；").join(words)
    if len(items) > NAMED:
        return _("%(named)s 等 %(n)s 项", named=named, n=len(items))
    return named or _promised(finding)


def _promised(finding: Finding) -> str | None:
    until = finding.attested_to
    return _("承诺至 %(day)s", day=day_text(until)) if until else None


def points(part: Points) -> str:
    """Points of one part of a score: 5 ~ 8."""
    return (
        amount("points", part.low)
        if part.low == part.high
        else f"{num(part.low)} ~ {amount('points', part.high)}"
    )


def link(finding: Finding, owner: str) -> str | None:
    """Where the evidence of a clause is found: at the newest thing that has some."""
    held = [item for item in finding.items if item.evidence]
    newest = max(held, key=lambda i: i.day or dt.date.min, default=None)
    if newest is None:
        return None
    if newest.source == "stated":
        return url_for("firms.statement", pid=owner, key=newest.pid, day=newest.day)
    if newest.source == "carrier_stated":
        return url_for("firms.carrier_statement", pid=owner, item=newest.pid, day=newest.day)
    if newest.pid is not None:
        return url_for("firms.milestone", pid=owner, entry_pid=newest.pid)
    return url_for("firms.figures", pid=owner, period=newest.day.year if newest.day else None)


def rows(verdict: Verdict, owner: str) -> list[Shown]:
    """The findings of a firm or carrier (public id) in the order of the regulation."""
    return [
        Shown(
            f, value(f), origin(f), threshold(f), gap(f), sum(i.evidence for i in f.items),
            link(f, owner),
        )
        for f in verdict.findings
    ]  # fmt: skip

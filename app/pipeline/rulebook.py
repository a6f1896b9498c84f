"""The rule book's answer on a graduation, in the shape that a graduation keeps."""

from __future__ import annotations

import datetime as dt

from app.core.errors import NotFound
from app.criteria.models import Outcome
from app.criteria.service import assess
from app.criteria.verdict import Finding, Verdict
from app.firms.models import Firm
from app.pipeline.judging import RULE, Judgement


def judgement(firm: Firm, day: dt.date) -> Judgement | None:
    """The verdict on a day, with its findings frozen; None where no standard is in force."""
    try:
        found = assess(RULE, firm.id, day)
    except NotFound:
        return None
    frozen, digest = found.freeze()
    return Judgement(
        outcome=found.outcome,
        display=found.display,
        standard_id=found.standard_id,
        basis=",".join(found.met_clauses),
        frozen=frozen,
        frozen_hash=digest,
        judged_on=found.day,
        cut=found.cut,
        eligible_on=eligible_on(found),
        missing=missing(found),
    )


def missing(found: Verdict) -> tuple[str, ...]:
    """What would still have to be entered, in the reader's words."""
    if found.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE):
        return ()
    lines = [found.ask.words if found.ask else None, found.shortest]
    return tuple(str(line) for line in lines if line is not None) or (str(found.reason),)


def eligible_on(found: Verdict) -> dt.date | None:
    """条件达成日: the first day on which a met clause had been reached, if it can be told."""
    if found.outcome is not Outcome.MET:
        return None
    days = [reached_on(f) for f in found.findings if f.outcome is Outcome.MET]
    return min((day for day in days if day is not None), default=None)


def reached_on(finding: Finding) -> dt.date | None:
    """The day on which what is certain of a clause's items first passed its threshold."""
    if finding.threshold is None or finding.op not in ("gt", "ge", "is"):
        return None
    total = 0
    for item in sorted(finding.items, key=lambda one: one.day or dt.date.max):
        total += item.low or 0
        passed = total > finding.threshold if finding.op == "gt" else total >= finding.threshold
        if passed and item.day is not None:
            year_end = dt.date(item.day.year, 12, 31)
            return year_end if item.source == "figures" else item.day
    return None

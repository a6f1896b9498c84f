"""What a firm lacks under a rule, in words, as a row of a list has room for."""

from __future__ import annotations

from decimal import Decimal

from app.core.filters import pct
from app.core.text import _
from app.criteria.interval import WHOLE
from app.criteria.models import Outcome
from app.criteria.verdict import SHORT, Finding, Verdict
from app.criteria.wording import gap_words

#: so many lacking clauses are named, the others counted
NAMED = 2
#: the smallest distance that a row tells, in ten-thousandths
LEAST = 10


def leaves(verdict: Verdict) -> list[Finding]:
    """The clauses that stand for themselves, that the case asks for and that make the outcome; of
    those below a clause that is met only what is met as well."""
    above = {one.parent for one in verdict.findings}
    met = {one.clause for one in verdict.findings if one.outcome is Outcome.MET}
    return [
        one
        for one in verdict.findings
        if one.clause not in above
        and not one.remark
        and one.outcome is not Outcome.NOT_APPLICABLE
        and (one.parent not in met or one.outcome is Outcome.MET)
    ]


def lacks(verdict: Verdict) -> str:
    """What is missing: the shortest way where any one clause will do, else what is short or not
    met; with nothing short, what is open.
    """
    if verdict.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE):
        return str(verdict.reason)
    if verdict.distance == 0:
        return str(verdict.reason)
    if verdict.standard.any_one:
        near = verdict.shortest
        return str(near) if near is not None else str(verdict.reason)
    failing = [f for f in leaves(verdict) if f.outcome is Outcome.NOT_MET or f.display == SHORT]
    told = [_short(one) for one in failing[:NAMED]]
    if not told:
        return str(verdict.reason)
    named = _("；").join(told)
    if len(failing) > NAMED:
        return _("%(named)s 等 %(n)s 项", named=named, n=len(failing))
    return named


def ways(verdict: Verdict) -> tuple[str, ...]:
    """What `open_ways` says of each clause."""
    return tuple(text for _clause, text in open_ways(verdict))


def open_ways(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Clause and what it lacks. Where any one clause will do: each that is still open, the shortest
    first; else all that is short or not met, and then what cannot be told for lack of data."""
    if verdict.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE):
        return ()
    open_ = sorted((one for one in leaves(verdict) if one.outcome is not Outcome.MET), key=_missing)
    if verdict.standard.any_one:
        return tuple((one.clause, _short(one)) for one in open_)
    failing = [one for one in open_ if one.outcome is Outcome.NOT_MET or one.display == SHORT]
    unknown = [one for one in open_ if one not in failing]
    return (
        *((one.clause, _short(one)) for one in failing),
        *((one.clause, _("资料不全：%(what)s", what=str(one.text))) for one in unknown),
    )


def _missing(finding: Finding) -> int:
    """The share of a clause's threshold that is missing; beyond all where none can be told."""
    if finding.gap is None or not finding.threshold:
        return 2 * WHOLE
    return finding.gap * WHOLE // finding.threshold


def _short(finding: Finding) -> str:
    """One clause that is not reached."""
    return str(gap_words(finding)) if finding.gap is not None else str(finding.text)


def how_far(verdict: Verdict) -> str | None:
    """The share of the threshold that is missing on the nearest way; else how many clauses are
    not met or not decided. None where nothing is.
    """
    if verdict.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE):
        return None
    if verdict.distance == 0:
        return _("适用待定")
    if verdict.distance is not None:
        return share(verdict.distance)
    open_ = [one for one in leaves(verdict) if one.outcome is not Outcome.MET]
    return _("%(n)s 项", n=len(open_))


def share(distance: int) -> str:
    """A distance in per cent of the threshold, rounded up: never shown smaller than it is."""
    if distance < LEAST:
        return _("差不足 %(share)s", share=pct(Decimal(LEAST) / WHOLE))
    return _("差 %(share)s", share=pct(Decimal(-(-distance // LEAST) * LEAST) / WHOLE))

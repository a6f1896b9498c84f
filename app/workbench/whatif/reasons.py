"""Why a result came otherwise than foretold, as far as the record tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from app.core.access import AnyViewer
from app.core.filters import day as day_text
from app.core.text import _
from app.criteria.queries import assess_many
from app.criteria.showing import value
from app.criteria.verdict import Finding, Verdict
from app.workbench.whatif.effect import DISPLAY_WORDS
from app.workbench.whatif.outcome import Outcome
from app.workbench.whatif.since import cut_of

#: so many clauses are named for a reason
NAMED = 2


def reasons(viewer: AnyViewer, found: Outcome, ids: Sequence[int]) -> dict[int, str]:
    """Subject → what changed since the forecast. The forecast is judged again as it was known, then
    as of the later day on the same knowledge, then on today's: what differs first is time passing,
    what differs next was entered since."""
    kind = found.effect.about
    open_ = kind.filling.opened(viewer, ids, found.day)
    known = [one for one in ids if one in open_]
    if not known:
        return {}
    record, rule, day = found.record, found.version.rule, found.judged
    cut = cut_of(record, found.moment)

    def judged(on: dt.date, at: int | None) -> dict[int, Verdict]:
        return assess_many(rule, known, on, at, record.kind, record.round)

    ended = _ended(found, day)
    then, aged, now = judged(record.day, record.cut), judged(day, record.cut), judged(day, cut)
    left = kind.left(known, record.approved_on, day)
    told = {}
    for one in known:
        said = list(_said(then.get(one), aged.get(one), now.get(one), day, ended))
        if one in left:
            said.insert(0, left[one])
        told[one] = _("；").join(said)
    return told


def _said(
    then: Verdict | None, aged: Verdict | None, now: Verdict | None, day: dt.date, ended: str
) -> Iterable[str]:  # fmt: skip
    if then is None or aged is None or now is None:
        yield _("批准后登记或移出名册")
        return
    entered, passed = _moved(aged, now), _moved(then, aged)
    if entered:
        yield _("批准后录入或更正：%(what)s", what=entered)
    if ended and passed:
        yield ended
    elif passed:
        yield _("到 %(day)s 时间推移：%(what)s", day=day_text(day), what=passed)
    if then.references != now.references:
        yield _("所引用的标准已换版")
    elif not entered and not passed:
        yield str(now.reason)


def _ended(found: Outcome, day: dt.date) -> str:
    """That the transition in which the forecast was made is over by a day; "" where it is not."""
    last = found.version.tree.force[found.record.number].transition
    if last is None or day < dt.date.fromisoformat(last):
        return ""
    return _("%(day)s 过渡期结束，此后只按第 %(n)s 版核对", day=last, n=found.version.number)


def _moved(before: Verdict, after: Verdict) -> str:
    """The clauses that are shown otherwise, with what is recorded on both sides."""
    held = {one.clause: one for one in before.findings}
    above = {one.parent for one in after.findings}
    moved = [
        one
        for one in after.findings
        if one.clause in held
        and one.clause not in above
        and one.display != held[one.clause].display
    ]
    if not moved and before.display != after.display:
        return _shown(str(after.standard.short), before.display, after.display)
    named = _("、").join(_clause(held[one.clause], one) for one in moved[:NAMED])
    if len(moved) > NAMED:
        return _("%(named)s 等 %(n)s 项", named=named, n=len(moved))
    return named


def _clause(before: Finding, after: Finding) -> str:
    shown = _shown(str(after.text), before.display, after.display)
    was, now = value(before), value(after)
    if was == now:
        return shown
    return _("%(what)s（登记值 %(was)s → %(now)s）", what=shown, was=was or "—", now=now or "—")


def _shown(what: str, before: str, after: str) -> str:
    return _("“%(what)s”%(was)s → %(now)s", what=what,
             was=_(DISPLAY_WORDS[before]), now=_(DISPLAY_WORDS[after]))  # fmt: skip

"""What a write to a firm's record changed in its graduation conditions, in words."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.access import AnyViewer
from app.core.days import today
from app.core.text import N_, _
from app.criteria import showing
from app.criteria.models import Outcome
from app.criteria.queries import assess_rules, in_force
from app.criteria.verdict import SHORT, Finding, Verdict
from app.firms import fields

GRADUATION = "incubator.graduation"
SHORT_WORD = N_("暂未达到")


def told(viewer: AnyViewer, firm_id: int, rev: int) -> Iterator[str]:
    """A sentence for each clause that the write `rev` changed, or that none did."""
    day = today()
    if "values" not in fields.open_to(viewer, firm_id, day) or GRADUATION not in in_force(day):
        return
    (before,) = assess_rules([GRADUATION], firm_id, day, cut=rev - 1, items=False)
    (after,) = assess_rules([GRADUATION], firm_id, day, cut=rev, items=False)
    found = list(changes(before, after))
    yield from found or [_("毕业条件的核对结果没有变化。")]


def changes(before: Verdict, after: Verdict) -> Iterator[str]:
    """What became of each clause, and of the conditions as a whole."""
    was = {one.clause: one for one in before.findings}
    for one in after.findings:
        old = was.get(one.clause)
        if old is None or (seen(old) == seen(one)):
            continue
        values = [showing.value(each) or _("无记录") for each in (old, one)]
        value = " → ".join(dict.fromkeys(values))
        given = {"cite": str(one.cited), "value": value, "new": word(one.display)}
        if one.display == old.display:
            yield _("%(cite)s：%(value)s，仍为%(new)s。", **given)
        elif showing.value(old) is showing.value(one) is None:
            yield _("%(cite)s：由%(old)s变为%(new)s。", **given, old=word(old.display))
        else:
            yield _("%(cite)s：%(value)s，由%(old)s变为%(new)s。", **given, old=word(old.display))
    if before.display != after.display:
        yield _("%(title)s：由%(old)s变为%(new)s。", title=str(after.standard.short),
                old=word(before.display), new=word(after.display))  # fmt: skip


def seen(finding: Finding) -> tuple[str, str | None]:
    """What a reader sees of a clause."""
    return finding.display, showing.value(finding)


def word(display: str) -> str:
    """An outcome as pages show it."""
    return _(SHORT_WORD) if display == SHORT else Outcome(display).label

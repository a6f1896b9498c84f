"""Days on which a rule would be without a version once a draft is approved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.core.filters import day as day_text
from app.core.text import N_, _
from app.criteria.models import Standard
from app.criteria.plan import tree_of
from app.criteria.queries import book, in_force, needed
from app.criteria.tree import Force
from app.criteria.verdict import Words

KINDS = {"new": N_("新申请"), "review": N_("复核")}


@dataclass(frozen=True)
class Gap:
    """From a day on no version applies to a kind of case (of a round), for good or until another
    one begins; with the standards in force that refer to the rule and are then left without it."""

    kind: str
    round: str | None
    starts: str
    ends: str | None
    leaning: tuple[Words, ...]

    @property
    def key(self) -> str:
        """What an approver ticks: it changes with the days."""
        return "/".join((self.kind, self.round or "", self.starts, self.ends or ""))

    def __str__(self) -> str:
        starts, ends = (day_text(dt.date.fromisoformat(one)) if one else ""
                        for one in (self.starts, self.ends))  # fmt: skip
        days = (
            _("%(starts)s 至 %(ends)s 没有施行的版本", starts=starts, ends=ends)
            if ends
            else _("%(day)s 起没有施行的版本", day=starts)
        )
        kind = " ".join(filter(None, (_(KINDS[self.kind]), self.round)))
        names = _("、").join(map(str, self.leaning))
        if names:
            return _("%(kind)s：%(days)s；以下标准引用它：%(names)s。", kind=kind, days=days,
                     names=names)  # fmt: skip
        return _("%(kind)s：%(days)s。", kind=kind, days=days)


def gaps(row: Standard) -> list[Gap]:
    """The gaps that the ends of a draft would leave, in the order of its lines of days."""
    new, found = tree_of(row.content).force, []
    after = [*new, *_held(row.rule, new)]
    for line in new:
        if line.ends is None or _covered(after, line.kind, line.round, line.ends):
            continue
        later = [
            one.starts for one in after
            if one.kind == line.kind and one.round in (None, line.round) and one.starts > line.ends
        ]  # fmt: skip
        found.append(
            Gap(line.kind, line.round, line.ends, min(later, default=None),
                _leaning(row, line, after))
        )  # fmt: skip
    return found


def key(found: list[Gap]) -> str:
    """What an approver of a draft with these gaps ticks; nothing without one."""
    return ",".join(one.key for one in found)


def _held(rule: str, new: tuple[Force, ...]) -> list[Force]:
    """The days of approved versions, those that began earlier ended by the new ones."""
    found = []
    for version in book().get(rule, ()):
        for kind, cycle, starts, ends in version.force:
            begins = [one.starts for one in new if (one.kind, one.round) == (kind, cycle)]
            cuts = [one for one in begins if starts.isoformat() < one]
            if ends is not None:
                cuts.append(ends.isoformat())
            last = min(cuts, default=None)
            found.append(Force(kind, starts.isoformat(), last, cycle))
    return found


def _covered(lines: list[Force], kind: str, cycle: str | None, day: str) -> bool:
    """Whether a version applies on a day to a kind of case, of a round or in general."""
    return any(
        one.kind == kind and one.round in (None, cycle) and one.starts <= day
        and (one.ends is None or day < one.ends)
        for one in lines
    )  # fmt: skip


def _leaning(row: Standard, line: Force, after: list[Force]) -> tuple[Words, ...]:
    """Standards that refer to the rule on the first day of a gap, at once or through others. A
    rule without a version for a review is read as for a new case."""
    day, versions = line.ends or line.starts, book().get(row.rule, [])
    found: dict[str, Words] = {}
    for kind in ("new", "review") if line.kind == "new" else ("review",):
        if not versions or any(_covered(after, one, line.round, day) for one in (kind, "new")):
            continue
        held = in_force(dt.date.fromisoformat(day), kind, row.subject) | {row.rule: versions[-1]}
        for name in sorted(held):
            if name != row.rule and row.rule in needed((held[name],), held):
                found[name] = held[name].tree.title
    return tuple(found.values())


__all__ = ["Gap", "gaps", "key"]

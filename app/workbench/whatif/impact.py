"""影响报告: what a draft would change on the day it begins, and the decisions on their way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from app.core.access import Viewer
from app.core.errors import NotFound
from app.core.filters import DASH
from app.core.text import _
from app.criteria import drafts
from app.criteria.case_page import Sheet, sheet
from app.criteria.comparing import BREAK
from app.criteria.drafts import Draft
from app.criteria.gaps import KINDS
from app.criteria.plan import Version, tree_of
from app.criteria.queries import book, effective, version_for
from app.criteria.tree import Force
from app.criteria.trial import NO_ROW, leaning
from app.workbench.whatif.about import About
from app.workbench.whatif.asked import Doors
from app.workbench.whatif.effect import (
    MOVES,
    Effect,
    effect,
    effect_on,
)
from app.workbench.whatif.pages import Shown, shown
from app.workbench.whatif.tables import Cell
from app.workbench.whatif.waiting import Asked, Panel, waiting

PAGE = "workbench.draft_impact"


@dataclass(frozen=True)
class Case:
    """A draft beside the version that it follows, for one of its lines of days."""

    draft: Draft
    number: int
    lines: tuple[Force, ...]
    before: Version
    after: Version
    #: the day on which both are judged: that of the beginning, or today where it is past
    day: dt.date
    #: the draft alone, where `after` has the version before it beside it
    drafted: Version
    #: whether `before` is in force on that day
    stands: bool
    #: whether the day is that on which the line's transition is over
    end: bool = False

    @property
    def line(self) -> Force:
        """The line of days."""
        return self.lines[self.number]

    @property
    def starts(self) -> dt.date:
        """The first day on which `after` decides."""
        if self.end and self.beside:
            return self.beside
        return dt.date.fromisoformat(self.line.starts)

    @property
    def beside(self) -> dt.date | None:
        """The end of the line's transition."""
        return dt.date.fromisoformat(self.line.transition) if self.line.transition else None

    @property
    def leaning(self) -> list[Version]:
        """Other rules in force that refer to the draft's."""
        return leaning(self.before.rule, self.day, self.line.kind)

    @property
    def doors(self) -> Doors:
        """Addresses of the report."""
        return self.doors_of()

    def doors_of(self, other: Version | None = None) -> Doors:
        """Addresses of the report, or of what it says of another rule."""
        held: dict[str, Any] = {"line": self.number} if self.number else {}
        if self.end:
            held["end"] = 1
        if other is not None:
            held["of"] = other.rule
        path = {"rule": self.before.rule, "number": self.draft.row.version}
        return Doors(PAGE, path, held)

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """The lines of days: words, address, whether it is this one."""
        found = []
        for n, one in enumerate(self.lines):
            words = (_(KINDS[one.kind]), one.round or "", _("%(day)s 起", day=one.starts))
            url = url_for(PAGE, rule=self.before.rule, number=self.draft.row.version, line=n)
            found.append((" ".join(filter(None, words)), url, n == self.number))
        return found

    @property
    def halves(self) -> list[tuple[str, str, bool]]:
        """During the transition and after it, in the same way; nothing without one."""
        if self.beside is None:
            return []
        path: dict[str, Any] = {"rule": self.before.rule, "number": self.draft.row.version}
        if self.number:
            path["line"] = self.number
        return [
            (_("过渡期内"), url_for(PAGE, **path), not self.end),
            (_("过渡期后"), url_for(PAGE, **path, end=1), self.end),
        ]

    @property
    def kept(self) -> list[tuple[str, Version]]:
        """Kinds of case that the draft leaves to the version before it."""
        own = {one.kind for one in self.lines}
        kinds = dict.fromkeys(kind for kind, cycle, _s, _e in self.before.force if cycle is None)
        return [
            (kind, self.before) for kind in kinds
            if kind not in own and self.before.in_force(self.day, kind)
        ]  # fmt: skip


@dataclass(frozen=True)
class Report:
    """The page of a draft."""

    case: Case
    shown: Shown
    #: decisions on their way about those whose results change, by kind
    waiting: list[Panel]
    #: the rule's cases under both versions: those that the draft answers not as expected
    former: Sheet
    cases: Sheet
    #: how many it answers as expected
    good: int
    #: other rules whose results change, each with (how many, the list) by change
    others: list[tuple[Version, list[Cell]]]

    @property
    def about(self) -> About:
        """What the rule is about."""
        return self.shown.effect.about


def case(rule: str, number: int, day: dt.date) -> Case:
    """The draft of a rule, for the line of days that the address names; NotFound for one that is
    no draft any more, and for the first version of a rule: there is nothing to compare."""
    end = request.args.get("end", 0, type=int) == 1
    found = cases(rule, number, day, end=end)
    at = request.args.get("line", 0, type=int)
    return found[at if 0 <= at < len(found) else 0]


def cases(rule: str, number: int, day: dt.date, *, end: bool = False) -> list[Case]:
    """The draft of a rule, for each of its lines of days, from its first day or from the `end` of
    its transition; NotFound as above."""
    found = next((one for one in drafts.drafts(rule, day) if one.row.version == number), None)
    versions = book().get(rule, [])
    if found is None or found.fault or not versions:
        raise NotFound()
    lines = tree_of(found.row.content).force
    return [_case(found, at, lines, versions[-1], day, end) for at in range(len(lines))]


def _case(
    found: Draft, at: int, lines: tuple[Force, ...], last: Version, day: dt.date, end: bool
) -> Case:
    line, row = lines[at], found.row
    end = end and line.transition is not None
    on = max(day, dt.date.fromisoformat((end and line.transition) or line.starts))
    try:
        before, stands = version_for(row.rule, on, line.kind, line.round), True
    except NotFound:
        before, stands = last, False
    drafted = Version(NO_ROW, row.pid, row.rule, row.version, row.content, row.content_hash, ())
    after = effective(drafted, on, line.kind, line.round)
    return Case(found, at, lines, before, after, on, drafted, stands, end)


def of_asked(one: Case) -> Version | None:
    """The rule that the address asks about, where it is another that refers to the draft's."""
    asked = request.args.get("of")
    return next((v for v in one.leaning if v.rule == asked), None)


def changes(viewer: Viewer, one: Case, other: Version | None = None) -> Effect:
    """What the draft would change: of its own rule, or of another that refers to it."""
    if other is not None:
        return effect_on(viewer, other, one.before, one.after, one.day, one.line.kind)
    return effect(viewer, one.before, one.after, one.day, one.line.kind)


def report(viewer: Viewer, rule: str, number: int, day: dt.date) -> Report:
    """The report of a draft."""
    one = case(rule, number, day)
    found = changes(viewer, one)
    former, cases = (
        sheet(v, one.day, one.line.kind, one.before) for v in (one.before, one.drafted)
    )
    wrong = [n for n, row in enumerate(cases.rows) if not row.good]
    former, turned = (replace(s, rows=[s.rows[n] for n in wrong]) for s in (former, cases))
    return Report(
        one, shown(viewer, found, one.doors), in_flight(viewer, one, found, day),
        former, turned, len(cases.rows) - len(wrong), _others(viewer, one),
    )  # fmt: skip


def _others(viewer: Viewer, one: Case) -> list[tuple[Version, list[Cell]]]:
    found = []
    for other in one.leaning:
        counts, doors = changes(viewer, one, other).whole.counts, one.doors_of(other)
        if any(counts[key] for key in MOVES):
            found.append((other, [(counts[key], doors.listed(change=key)) for key in MOVES]))
    return found


def in_flight(viewer: Viewer, one: Case, found: Effect, day: dt.date) -> list[Panel]:
    """The decisions on their way about subjects of the viewer whose results change."""
    moved = {line.id: line for line in found.lines if line.change in MOVES}
    asked = Asked(viewer, one.before.rule, one.before.number, one.starts, day, moved)
    return waiting(found.about, asked)


def told(one: Case) -> list[tuple[str, str]]:
    """What is compared, in words, for a file."""
    found = [
        (_("标准"), f"{one.before.tree.title} v{one.before.number}"),
        (_("草稿"), f"v{one.draft.row.version}"),
        (_("核对时点"), one.day.isoformat()),
    ]
    for d in one.draft.differences:
        sides = [(side or DASH).replace(BREAK, " ") for side in (d.before, d.after)]
        found.append((str(d.what), " → ".join(sides)))
    return found

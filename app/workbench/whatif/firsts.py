"""影响报告 of the first version of a rule: nothing stands before it, so how all would stand on the
day on which it begins, by each way of counting, with the list behind every number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import request, url_for

from app.core.access import Viewer
from app.core.errors import NotFound
from app.core.text import _
from app.criteria import drafts
from app.criteria.case_page import Sheet, sheet
from app.criteria.drafts import Draft
from app.criteria.gaps import KINDS
from app.criteria.plan import Version
from app.criteria.queries import book
from app.criteria.tree import Force
from app.criteria.trial import DISPLAYS, MET, NO_ROW, results
from app.workbench.columns import NONE
from app.workbench.whatif.about import About
from app.workbench.whatif.asked import Doors, called, conditions, within
from app.workbench.whatif.effect import DISPLAY_WORDS, Effect, Line, beside
from app.workbench.whatif.pages import Listing
from app.workbench.whatif.pages import listing as listing_of
from app.workbench.whatif.subjects import about
from app.workbench.whatif.tables import Cell, Groups, Row, way_asked

PAGE = "workbench.draft_impact"


@dataclass(frozen=True)
class First:
    """A draft of a rule that has no approved version, for one of its lines of days."""

    draft: Draft
    version: Version
    number: int
    #: the day on which all are judged: that of the beginning, or today where it is past
    day: dt.date
    #: every subject of the viewer, with the one result on both sides
    effect: Effect

    @property
    def about(self) -> About:
        """What the rule is about."""
        return self.effect.about

    @property
    def lines(self) -> tuple[Force, ...]:
        """The lines of days of the draft."""
        return self.version.tree.force

    @property
    def line(self) -> Force:
        """The line of days."""
        return self.lines[self.number]

    @property
    def doors(self) -> Doors:
        """Addresses of the report."""
        path = {"rule": self.version.rule, "number": self.version.number}
        return Doors(PAGE, path, {"line": self.number} if self.number else {})

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """The lines of days: words, address, whether it is this one."""
        path: dict[str, Any] = {"rule": self.version.rule, "number": self.version.number}
        found = []
        for n, one in enumerate(self.lines):
            words = (_(KINDS[one.kind]), one.round or "", _("%(day)s 起", day=one.starts))
            url = url_for(PAGE, **path, line=n)
            found.append((" ".join(filter(None, words)), url, n == self.number))
        return found

    @cached_property
    def totals(self) -> Row:
        """All together, as a line of the table."""
        return _row(self.effect, _("合计"), self.effect.lines, self.doors, {})

    @cached_property
    def cases(self) -> Sheet:
        """The cases that stand beside the rule, as the draft answers them, and its edges."""
        return sheet(self.version, self.day, self.line.kind)


def is_first(rule: str) -> bool:
    """Whether a rule has no approved version."""
    return rule not in book()


def first(viewer: Viewer, rule: str, number: int, day: dt.date) -> First:
    """Such a draft on the day on which it begins, for the line of days that the address names;
    NotFound for another."""
    found = next((one for one in drafts.drafts(rule, day) if one.row.version == number), None)
    if found is None or found.fault or not is_first(rule):
        raise NotFound()
    version = replace(drafts.version_of(found.row), id=NO_ROW)
    at = request.args.get("line", 0, type=int)
    at = at if 0 <= at < len(version.tree.force) else 0
    line = version.tree.force[at]
    on = max(day, dt.date.fromisoformat(line.starts))
    held = {one: (shown, shown) for one, shown in results(version, on, line.kind).items()}
    return First(found, version, at, on, beside(viewer, about(version), held))


def heads(kind: About) -> list[tuple[str, str | None]]:
    """Heads of the numbers of a line: each result, then the sizes of those that meet it."""
    found: list[tuple[str, str | None]] = [
        (_(DISPLAY_WORDS[one]), kind.say("unit")) for one in DISPLAYS
    ]
    for size in kind.sizes:
        found.append((_("符合的%(what)s", what=_(size.text)), _(size.unit)))
        if size.bare:
            found.append((_(size.bare), kind.say("unit")))
    return found


def groups(viewer: Viewer, found: First, way: str | None = None) -> Groups:
    """How they would stand by one way, the lines with the most that meet it first."""
    kind = found.about
    way = way or way_asked(kind)
    place, words = kind.place(way), kind.called(viewer, way)
    held: dict[str, list[Line]] = {}
    for line in found.effect.lines:
        for key in line.keys[place] or ("",):
            held.setdefault(key, []).append(line)
    rows = [
        _row(found.effect, words.get(key, key), lines, found.doors, {way: key or NONE})
        for key, lines in held.items()
    ]
    rows.sort(key=lambda row: (-row.cells[0][0], row.name))
    return Groups(way, [text for text, _unit in heads(kind)], rows, found.totals, 0)


def _row(
    effect: Effect, name: str, lines: Sequence[Line], doors: Doors, where: dict[str, str]
) -> Row:
    counts = dict.fromkeys(DISPLAYS, 0)
    for line in lines:
        counts[line.after] += 1
    cells = [(counts[one], doors.listed(after=one, **where)) for one in DISPLAYS]
    met = [line.sizes for line in lines if line.after == MET]
    sizes: list[tuple[int, Cell | None]] = []
    for n, size in enumerate(effect.about.sizes):
        url = doors.listed(after=MET, bare=size.key, **where) if size.bare else ""
        bare = (sum(one[n] is None for one in met), url) if url else None
        sizes.append((sum(one[n] or 0 for one in met), bare))
    return Row(name, cells, sizes)


def asked(viewer: Viewer, kind: About) -> dict[str, str]:
    """The conditions of the address that mean something where there is one result."""
    held = conditions(viewer, kind, request.args)
    return {key: value for key, value in held.items() if key not in ("change", "before")}


def listing(viewer: Viewer, found: First) -> Listing:
    """The subjects behind a number, by name."""
    kind, held = found.about, asked(viewer, found.about)
    listed = listing_of(viewer, Effect(kind, within(found.effect, held)), found.doors)
    rest = {key: value for key, value in held.items() if key != "after"}
    lines = within(found.effect, rest)
    tabs = []
    for key, text in {"": _("全部"), **{one: _(DISPLAY_WORDS[one]) for one in DISPLAYS}}.items():
        count = sum(not key or line.after == key for line in lines)
        if count or key in ("", held.get("after")):
            tabs.append({"text": text, "href": found.doors.listed(**rest, after=key),
                         "count": count, "current": held.get("after", "") == key})  # fmt: skip
    apart = {called(kind, key) for key in ("after", "before")}
    chips = [one for one in listed.chips if one[0] not in apart]
    return replace(listed, asked=held, tabs=tabs, chips=chips)


def told(found: First) -> list[tuple[str, str]]:
    """What is judged, in words, for a file."""
    tree = found.version.tree
    return [
        (_("标准"), str(tree.title)),
        (_("草稿"), f"v{found.version.number}"),
        (_("核对时点"), found.day.isoformat()),
    ]


__all__ = ["First", "asked", "first", "groups", "heads", "is_first", "listing", "told"]

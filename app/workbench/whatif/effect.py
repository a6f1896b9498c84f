"""What another version of a rule would change among the subjects that a viewer sees."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from app.core.access import AnyViewer
from app.core.days import today
from app.core.kept import kept
from app.core.text import N_
from app.criteria.plan import Version
from app.criteria.trial import (
    DISPLAYS,
    GAINED,
    LOST,
    MET,
    OTHER,
    SAME,
    UNDECIDED,
    change,
    compared,
    results,
)
from app.workbench.doors import posts
from app.workbench.whatif.about import About, Ground
from app.workbench.whatif.subjects import about

#: what happens to a result, in words
CHANGE_WORDS = {
    GAINED: N_("新增符合"), LOST: N_("不再符合"), UNDECIDED: N_("转为资料不全"),
    OTHER: N_("其他变化"), SAME: N_("结果不变"),
}  # fmt: skip
#: those that say that something happens
MOVES = (GAINED, LOST, UNDECIDED, OTHER)
DISPLAY_WORDS = dict(zip(DISPLAYS, (
    N_("符合"), N_("暂未达到"), N_("资料不全"), N_("不符合"), N_("不适用"),
), strict=True))  # fmt: skip


class Line(NamedTuple):
    """One subject: its keys for each way of counting, its sizes (None: not entered), and its
    result under both versions."""

    id: int
    keys: tuple[tuple[str, ...], ...]
    sizes: tuple[int | None, ...]
    before: str
    after: str

    @property
    def change(self) -> str:
        """What happens to its result."""
        return change(self.before, self.after)


@dataclass
class Tally:
    """How many subjects do what, and the sizes of those which gain, each summed."""

    counts: Counter[str] = field(default_factory=Counter)
    sums: Counter[int] = field(default_factory=Counter)
    #: of how many of those that gain a size is not entered
    bare: Counter[int] = field(default_factory=Counter)

    def add(self, line: Line) -> None:
        """Count a subject."""
        self.counts[line.change] += 1
        if line.change == GAINED:
            for n, size in enumerate(line.sizes):
                self.sums[n] += size or 0
                self.bare[n] += size is None

    @property
    def moved(self) -> int:
        """How many results change."""
        return sum(self.counts[one] for one in MOVES)


@dataclass(frozen=True)
class Effect:
    """The subjects in the order of their names, with both results."""

    about: About
    lines: list[Line]

    @cached_property
    def whole(self) -> Tally:
        """All of them together."""
        return self.by("").get("", Tally())

    @cached_property
    def pairs(self) -> Counter[tuple[str, str]]:
        """(result before, result after) → how many."""
        return Counter((line.before, line.after) for line in self.lines)

    def before(self, display: str = MET) -> int:
        """How many show an outcome under the first version."""
        return sum(n for (was, _now), n in self.pairs.items() if was == display)

    def after(self, display: str = MET) -> int:
        """How many show an outcome under the second version."""
        return sum(n for (_was, now), n in self.pairs.items() if now == display)

    def by(self, way: str) -> dict[str, Tally]:
        """Those of each key of a way, "" being those without one; all under "" without a way."""
        found: dict[str, Tally] = {}
        place = self.about.place(way) if way else None
        for line in self.lines:
            keys = () if place is None else line.keys[place]
            for key in keys or ("",):
                found.setdefault(key, Tally()).add(line)
        return found


def effect(
    viewer: AnyViewer, before: Version, after: Version, day: dt.date, kind: str = "new"
) -> Effect:
    """Every subject of the viewer under two versions of a rule on a day."""
    pairs = compared(results(before, day, kind), results(after, day, kind))
    return beside(viewer, about(before), pairs)


def effect_on(
    viewer: AnyViewer, other: Version, before: Version, after: Version, day: dt.date,
    kind: str = "new",
) -> Effect:  # fmt: skip
    """Every subject of the viewer under another rule, which refers to one that would change."""
    was, now = (results(other, day, kind, beside=one) for one in (before, after))
    return beside(viewer, about(other), compared(was, now))


def beside(viewer: AnyViewer, kind: About, pairs: Mapping[int, tuple[str, str]]) -> Effect:
    """The viewer's subjects of which there is a pair of results."""
    rows = ground(viewer, kind)
    return Effect(kind, [Line(*row, *pairs[row.id]) for row in rows if row.id in pairs])


def ground(viewer: AnyViewer, kind: About) -> list[Ground]:
    """The viewer's subjects as they stand today, by name."""
    key = ("trial ground", kind.name, posts(viewer))
    return kept(key, lambda: kind.ground(viewer, today()))

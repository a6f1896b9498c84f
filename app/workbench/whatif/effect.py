"""What another version of a rule would change among the firms that a viewer sees."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import and_

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.days import today
from app.core.db import session
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
    Results,
    change,
    compared,
    results,
)
from app.firms.models import Firm, Residency
from app.workbench.columns import counting
from app.workbench.doors import countable_where, posts

#: what happens to a firm's result, in words
CHANGE_WORDS = {
    GAINED: N_("新增符合"), LOST: N_("不再符合"), UNDECIDED: N_("转为资料不全"),
    OTHER: N_("其他变化"), SAME: N_("结果不变"),
}  # fmt: skip
#: those that say that something happens
MOVES = (GAINED, LOST, UNDECIDED, OTHER)
DISPLAY_WORDS = dict(zip(DISPLAYS, (
    N_("符合"), N_("暂未达到"), N_("资料不全"), N_("不符合"), N_("不适用"),
), strict=True))  # fmt: skip
#: what effects are counted by
WAYS = {"carrier": N_("载体"), "sector": N_("领域")}


class Line(NamedTuple):
    """One firm: where it counts (public id of the carrier, "" at none), its sector, the area in
    use there in m² (None: not entered), and its result under both versions."""

    id: int
    carrier: str
    sector: str
    area: int | None
    before: str
    after: str

    @property
    def change(self) -> str:
        """What happens to its result."""
        return change(self.before, self.after)


@dataclass
class Tally:
    """How many firms do what, and the area that those which gain use today."""

    counts: Counter[str] = field(default_factory=Counter)
    area: int = 0
    #: how many of those that gain have no area entered
    bare: int = 0

    def add(self, line: Line) -> None:
        """Count a firm."""
        self.counts[line.change] += 1
        if line.change == GAINED:
            self.area += line.area or 0
            self.bare += line.area is None

    @property
    def moved(self) -> int:
        """How many results change."""
        return sum(self.counts[one] for one in MOVES)


@dataclass(frozen=True)
class Effect:
    """The firms in the order of their names, with both results."""

    lines: list[Line]

    @cached_property
    def whole(self) -> Tally:
        """All firms together."""
        return self.by("").get("", Tally())

    @cached_property
    def pairs(self) -> Counter[tuple[str, str]]:
        """(result before, result after) → how many firms."""
        return Counter((line.before, line.after) for line in self.lines)

    def before(self, display: str = MET) -> int:
        """How many show an outcome under the first version."""
        return sum(n for (was, _now), n in self.pairs.items() if was == display)

    def after(self, display: str = MET) -> int:
        """How many show an outcome under the second version."""
        return sum(n for (_was, now), n in self.pairs.items() if now == display)

    def by(self, way: str) -> dict[str, Tally]:
        """Firms by carrier or sector; all under "" without a way."""
        found: dict[str, Tally] = {}
        for line in self.lines:
            key = getattr(line, way) if way else ""
            found.setdefault(key, Tally()).add(line)
        return found


def effect(
    viewer: AnyViewer, before: Version, after: Version, day: dt.date, kind: str = "new"
) -> Effect:
    """Every firm of the viewer under two versions of a rule on a day."""
    return _paired(viewer, results(before, day, kind), results(after, day, kind))


def effect_on(
    viewer: AnyViewer, other: Version, before: Version, after: Version, day: dt.date,
    kind: str = "new",
) -> Effect:  # fmt: skip
    """Every firm of the viewer under another rule, which refers to one that would change."""
    was, now = (results(other, day, kind, beside=one) for one in (before, after))
    return _paired(viewer, was, now)


def _paired(viewer: AnyViewer, before: Results, after: Results) -> Effect:
    pairs = compared(before, after)
    return Effect([Line(*row, *pairs[row[0]]) for row in ground(viewer) if row[0] in pairs])


def ground(viewer: AnyViewer) -> Iterable[tuple[int, str, str, int | None]]:
    """(firm, carrier, sector, area) of the viewer's firms, as they stand today, by name."""
    return kept(("trial firms", posts(viewer)), lambda: _read(viewer, today()))


def _read(viewer: AnyViewer, day: dt.date) -> list[tuple[int, str, str, int | None]]:
    statement = (
        countable_where(viewer, day, {})
        .outerjoin(Residency, and_(Residency.firm_id == Firm.id, counting(day)))
        .outerjoin(Carrier, Carrier.id == Residency.carrier_id)
        .with_only_columns(
            Firm.id, Carrier.pid, Firm.sector, Residency.area_m2, maintain_column_froms=True
        )
    )
    rows = session.execute(statement)
    return [(one, pid or "", sector or "", area) for one, pid, sector, area in rows]

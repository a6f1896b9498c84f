"""Tables of an effect: results before by results after, and what happens by each way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import request

from app.core.access import Viewer
from app.core.paging import Page, page_number, page_size
from app.core.text import _
from app.criteria.trial import DISPLAYS, GAINED
from app.workbench.columns import NONE
from app.workbench.whatif.about import About
from app.workbench.whatif.asked import Doors
from app.workbench.whatif.effect import CHANGE_WORDS, DISPLAY_WORDS, MOVES, Effect, Tally

#: a number with the list behind it
Cell = tuple[int, str]


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    name: str
    cells: list[Cell]
    #: of each size its sum, and of how many it is not entered (None where it always is)
    sizes: list[tuple[int, Cell | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Groups:
    """What happens by one way: the lines where something does, and all together."""

    way: str
    heads: list[str]
    rows: list[Row]
    total: Row
    #: how many lines see no change
    still: int

    @property
    def page(self) -> Page:
        """The lines of the page that the address asks for."""
        size = page_size()
        number = min(page_number(), max(1, -(-len(self.rows) // size)))
        return Page(self.rows[(number - 1) * size : number * size], number, size, len(self.rows))


def way_asked(kind: About) -> str:
    """The way of counting that the address asks for."""
    way = request.args.get("by", "")
    return way if way in kind.ways else next(iter(kind.ways))


def groups(viewer: Viewer, effect: Effect, doors: Doors, way: str) -> Groups:
    """The lines with the most changes first."""
    kind = effect.about
    held, called = effect.by(way), kind.called(viewer, way)
    moved = sorted(
        (key for key in held if held[key].moved),
        key=lambda key: (-held[key].counts[GAINED], -held[key].moved, called.get(key, key)),
    )
    rows = [_row(kind, called.get(key, key), held[key], doors, {way: key or NONE}) for key in moved]
    heads = [_(CHANGE_WORDS[one]) for one in MOVES]
    total = _row(kind, _("合计"), effect.whole, doors, {})
    return Groups(way, heads, rows, total, len(held) - len(moved))


def _row(kind: About, name: str, tally: Tally, doors: Doors, where: dict[str, str]) -> Row:
    cells = [(tally.counts[one], doors.listed(change=one, **where)) for one in MOVES]
    return Row(name, cells, sizes(kind, tally, doors, where))


def sizes(
    kind: About, tally: Tally, doors: Doors, where: dict[str, str]
) -> list[tuple[int, Cell | None]]:
    """Of each size its sum over those that gain, and of how many it is not entered."""
    found: list[tuple[int, Cell | None]] = []
    for n, size in enumerate(kind.sizes):
        url = doors.listed(change=GAINED, bare=size.key, **where) if size.bare else ""
        found.append((tally.sums[n], (tally.bare[n], url) if url else None))
    return found


def grid(effect: Effect, doors: Doors) -> list[Row]:
    """Results before (lines) by results after (columns), with the sum of each line."""
    found = []
    for was in DISPLAYS:
        cells = [(effect.pairs[was, now], doors.listed(before=was, after=now)) for now in DISPLAYS]
        cells.append((effect.before(was), doors.listed(before=was)))
        found.append(Row(_(DISPLAY_WORDS[was]), cells))
    last = [(effect.after(now), doors.listed(after=now)) for now in DISPLAYS]
    found.append(Row(_("合计"), [*last, (len(effect.lines), doors.listed())]))
    return found


def grid_heads() -> list[str]:
    """Heads of the columns of `grid`."""
    return [*(_(DISPLAY_WORDS[one]) for one in DISPLAYS), _("合计")]


def figures(effect: Effect) -> dict[str, Any]:
    """The main figures, as a saved run keeps them."""
    counts = effect.whole.counts
    return {
        "before": effect.before(), "after": effect.after(), "gained": counts["gained"],
        "lost": counts["lost"], "undecided": counts["undecided"],
        "area_m2": effect.whole.sums[0], "bare": effect.whole.bare[0],
    }  # fmt: skip

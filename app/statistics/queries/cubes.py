"""Numbers of an indicator's rows by several columns, read once for a page and added up.

The columns are those that the room's pages cut by, so that two figures of a page come from one
reading of their rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from app.pipeline.models import GraduationState
from app.statistics.asof import AsOf


@dataclass(frozen=True)
class Cube:
    """How many rows have each combination of values of some columns."""

    names: tuple[str, ...]
    cells: list[tuple[tuple[Any, ...], int]]

    def place(self, name: str) -> int:
        """Where a column stands in a cell's values."""
        return self.names.index(name)

    def cut(self, **wanted: Any) -> Cube:
        """The cells with some values."""
        kept = self.cells
        for name, value in wanted.items():
            at = self.place(name)
            kept = [one for one in kept if one[0][at] == value]
        return Cube(self.names, kept)

    def where(self, name: str, holds: Callable[[Any], bool]) -> Cube:
        """The cells whose value of a column meets a condition."""
        at = self.place(name)
        return Cube(self.names, [one for one in self.cells if holds(one[0][at])])

    def by(self, name: str) -> Counter[Any]:
        """Numbers by the values of one column; 0 for a value that does not occur."""
        at, found = self.place(name), Counter[Any]()
        for values, number in self.cells:
            found[values[at]] += number
        return found

    def sum(self, **wanted: Any) -> int:
        """The number of rows with some values."""
        return sum(number for _values, number in self.cut(**wanted).cells)

    def columns(self, *names: str) -> Iterable[tuple[Any, ...]]:
        """Values of some columns, a row for each that was counted."""
        places = [self.place(name) for name in names]
        for values, number in self.cells:
            yield from [tuple(values[at] for at in places)] * number


class Source(Protocol):
    """Whatever answers with cubes: a desk."""

    @property
    def asof(self) -> AsOf:
        """The question."""

    def cube(self, code: str, *by: str, **filters: str) -> Cube:
        """Rows of an indicator by several columns."""


def standing(desk: Source) -> Cube:
    """Everybody counted on the day (S-10), of which S-01 to S-06 are parts."""
    return desk.cube("S-10", "standing", "carrier_id")


#: Entry years back from the present one that the first page and the comparison look at.
RECENT = 7


def entered(desk: Source) -> Cube:
    """Entries (F-01) of the years that pages compare."""
    first = str(desk.asof.year - RECENT)
    return desk.cube(
        "F-01", "year", "carrier_id", "day", "seen_on", "graduated_on", year_from=first
    )


def ever_entered(desk: Source) -> Cube:
    """All entries with what became of them."""
    return desk.cube("F-01", "year", "day", "seen_on", "graduated_on", "outcome")


def graduated(desk: Source, code: str, **filters: str) -> Cube:
    """Graduations reported (G-02), of which the verified ones (G-01) are a part."""
    reported = desk.cube("G-02", "state", "year", "quarter", "carrier_id", "day", **filters)
    return reported if code == "G-02" else reported.cut(state=GraduationState.VERIFIED)


def returns(desk: Source) -> Cube:
    """Carriers that owe a return of the last quarter (V-01), with the state of it."""
    return desk.cube("V-01", "carrier_id", "state", "filed", "checked", "verified")

"""What these pages say of each kind of subject: how it is counted, named and opened.

The engine judges either kind alike; what differs is data here. A subject is counted in several
ways (a firm by carrier and sector, a carrier by type, level and place), and has sizes: what
those that would gain bring with them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.core.access import AnyViewer, Permission
from app.core.text import _, word
from app.criteria.verdict import Ask


class Ground(NamedTuple):
    """One subject as it stands today: its keys for each way of counting (none: it has none), and
    its sizes (None: not entered)."""

    id: int
    keys: tuple[tuple[str, ...], ...]
    sizes: tuple[int | None, ...]


class Size(NamedTuple):
    """A size of subjects: its name where those that gain are summed, its own name, its unit, and
    how one without it is called where that can be."""

    key: str
    gained: str
    text: str
    unit: str
    bare: str | None = None


class Named(NamedTuple):
    """One subject on a line: its names, its code or what else stands below, its page and its sheet
    of a rule."""

    short: str
    name: str
    code: str
    below: str
    url: str
    sheet: Callable[[str], str]

    @property
    def told(self) -> str:
        """What stands below, whichever it is."""
        return self.code or self.below


class Filling(NamedTuple):
    """Who enters what a new version asks of a subject.

    `own`: (subject, public id of the carrier) at the viewer's own carriers, by name; `opened`:
    those of some whose values are open to the viewer; `where`: the page where an input is entered.
    """

    permission: Permission
    own: Callable[[AnyViewer, dt.date], Iterable[tuple[int, str]]]
    opened: Callable[[AnyViewer, Sequence[int], dt.date], set[int]]
    where: Callable[[AnyViewer, Sequence[int]], Callable[[int, Ask], str | None]]


@dataclass(frozen=True)
class About:
    """One kind of subject; `texts` are its words by place, in Chinese."""

    name: str
    texts: Mapping[str, str]
    #: ways of counting, the first one first: key → word
    ways: Mapping[str, str]
    #: the same as a choice: by carrier
    by: Mapping[str, str]
    #: ways in which one subject can stand in several lines
    several: frozenset[str]
    #: the ways that a line of a list shows, a row of words each
    shown: tuple[tuple[str, ...], ...]
    sizes: tuple[Size, ...]
    #: subjects that a viewer counts, by name; and whether these are all there are
    ground: Callable[[AnyViewer, dt.date], list[Ground]]
    sees_all: Callable[[AnyViewer], bool]
    #: words of a way by key; "" are those that have none
    called: Callable[[AnyViewer, str], dict[str, str]]
    named: Callable[[AnyViewer, Sequence[int]], dict[int, Named]]
    #: what ended since the first day and by the second, as a reason for another result
    left: Callable[[Sequence[int], dt.date, dt.date], dict[int, str]]
    filling: Filling

    def say(self, place: str, **values: Any) -> str:
        """Its words for a place, in the reader's language; the unit of either kind is 家, which
        other languages tell apart."""
        return _(self.texts[place], **values) if values else word(self.name, self.texts[place])

    @property
    def told_by_way(self) -> bool:
        """Whether what stands below a name is also a way of counting."""
        return self.texts["below"] in self.ways.values()

    def place(self, way: str) -> int:
        """Which of a subject's keys a way counts by."""
        return list(self.ways).index(way)


__all__ = ["About", "Filling", "Ground", "Named", "Size"]

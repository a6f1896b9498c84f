"""What files of these pages say of each kind of subject: names, places and sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.core.access import Viewer
from app.core.text import _
from app.exchange.out.book import Head, Value
from app.workbench.firm_export import PIECE
from app.workbench.whatif.about import About
from app.workbench.whatif.effect import Line
from app.workbench.whatif.tables import Row


def several(kind: About) -> list[tuple[str, str]]:
    """The note on the tables in which one subject can stand in several lines."""
    ways = [_(word) for way, word in kind.by.items() if way in kind.several]
    said = _("一家属于几行的，各行都计，合计只计一次")
    return [(_("、").join(ways), said)] if ways else []


def size_heads(kind: About) -> list[Head]:
    """Heads of the sizes of those that gain."""
    found = []
    for size in kind.sizes:
        found.append(Head(_(size.gained), "number", _(size.unit)))
        if size.bare:
            found.append(Head(_(size.bare), "number", kind.say("unit")))
    return found


def size_cells(row: Row) -> list[Value]:
    """The cells below `size_heads`."""
    pairs = [(total, bare[0] if bare else None) for total, bare in row.sizes]
    return [n for pair in pairs for n in pair if n is not None]


def name_heads(kind: About) -> list[Head]:
    """Heads of what says which subject it is, each once."""
    ways = [Head(_(text)) for text in kind.ways.values()]
    below = [] if kind.told_by_way else [Head(kind.say("below"), "code")]
    return [Head(kind.say("name")), *below, *ways]


def names(viewer: Viewer, kind: About, lines: Sequence[Line]) -> Iterator[tuple[Line, list[Value]]]:
    """Each line with what says which subject it is."""
    words = [kind.called(viewer, way) for way in kind.ways]
    for start in range(0, len(lines), PIECE):
        part = lines[start : start + PIECE]
        held = kind.named(viewer, [line.id for line in part])
        for line in part:
            keys = [
                _("、").join(said.get(key, key) for key in keys)
                for said, keys in zip(words, line.keys, strict=True)
            ]
            below = [] if kind.told_by_way else [held[line.id].told]
            yield line, [held[line.id].name, *below, *keys]

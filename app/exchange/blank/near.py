"""Names in a blank form that no item has, but that are close to one: offered, never taken."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.exchange.blank.book import box_beside, name_of, plain, text_of, unit_words
from app.statistics.summary.items import BY_CODE, ITEMS, Item

# openpyxl is imported where it is used: it takes long to load and few requests need it
if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: How alike two names must be, how many items are offered for one, how many names are looked at.
LIKE, OFFERED, MOST = 0.6, 3, 400
#: A shorter name tells too little; a longer text is a sentence.
SHORTEST, LONGEST = 2, 30

register_messages(
    {"blank_near": N_("“%(item)s”已经对应了 %(cell)s，一个指标只能填一格，请只留一个。")}
)


@dataclass(frozen=True)
class Near:
    """A name in the form, the empty box beside it, and the items that may be meant."""

    name: str
    cell: str
    items: tuple[Item, ...]


def near(book: Workbook, cells: Mapping[str, str]) -> list[Near]:
    """Names that are close to items which have no box yet; `cells` is the present map."""
    names = {plain(str(item.text)): item for item in reversed(ITEMS) if item.code not in cells}
    taken, found = set(cells.values()), list[Near]()
    units = unit_words()
    for page, cell, beside in _names(book):
        said = plain(text_of(cell))
        box = box_beside(beside, units) if SHORTEST <= len(said) <= LONGEST else None
        where = f"{page}!{box}"
        if box is None or where in taken:
            continue
        items = tuple(names[one] for one in _alike(said, names))
        if items:
            taken.add(where)
            found.append(Near(text_of(cell), name_of(book, page, box), items))
    return found


def _names(book: Workbook) -> Iterator[tuple[str, Any, list[Any]]]:
    """(sheet, cell, cells to its right) of what may be a name: the first words of a line."""
    left = MOST
    for page in book.worksheets:
        for cells in page.iter_rows():
            for at, cell in enumerate(cells):
                if isinstance(cell.value, str) and cell.value.strip():
                    left -= 1
                    if left < 0:
                        return
                    yield page.title, cell, list(cells[at + 1 :])


def _alike(said: str, names: Mapping[str, Item]) -> list[str]:
    """The names that are most like what a form says: by their letters, or one within the other."""
    close = difflib.get_close_matches(said, list(names), OFFERED, LIKE)
    inside = [one for one in names if SHORTEST < len(one) and (one in said or said in one)]
    inside.sort(key=lambda one: (abs(len(one) - len(said)), one))
    whole = dict.fromkeys([*close, *(one for one in inside if SHORTEST < len(said))])
    return list(whole)[:OFFERED]


def chosen(typed: Mapping[str, str], picked: Mapping[str, str]) -> dict[str, str]:
    """The boxes as typed, with the cells for which an item was picked (cell → item).

    Raises `blank_near` when the item has a box already.
    """
    found = dict(typed)
    for cell, code in picked.items():
        if code not in BY_CODE:
            continue
        if found.get(code, "").strip():
            raise DomainError("blank_near", item=BY_CODE[code].label, cell=found[code].strip())
        found[code] = cell
    return found

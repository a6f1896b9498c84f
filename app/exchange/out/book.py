"""What is exported: books of tables, and the register of those who make them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Flask, current_app

from app.core.access import Permission, Viewer
from app.core.errors import NotFound
from app.core.filters import DASH
from app.core.text import _


@dataclass(frozen=True)
class Share:
    """A share as a page writes it in per cent: 0.044 for 4.4%, with its decimal places."""

    value: Decimal
    places: int


#: What a cell may hold; a text never runs, whatever it begins with.
Value = str | int | Decimal | dt.date | Share | None


@dataclass(frozen=True)
class Head:
    """The head of a column, in the reader's words. `unit` is printed in the head.

    `kind`: text, code (kept as text), number (whole), exact (as many places as there are),
    wan (amount in 万元, two places shown), day.
    """

    text: str
    kind: str = "text"
    unit: str = ""

    @property
    def whole(self) -> str:
        """The head with its unit in brackets."""
        if not self.unit:
            return self.text
        return _("%(head)s（%(unit)s）", head=self.text, unit=self.unit)


@dataclass(frozen=True)
class Table:
    """One sheet: heads and rows. `rows` may be read once only, and is read in pieces."""

    name: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Value]]
    #: a last row of sums, which filters leave out
    total: Sequence[Value] | None = None


@dataclass(frozen=True)
class Book:
    """What one press of 导出 gives. `notes` are the lines of the first sheet: (what, words)."""

    title: str
    tables: Sequence[Table]
    notes: Sequence[tuple[str, str]] = ()
    #: conditions in force in words, each (field, relation and value)
    conditions: Sequence[tuple[str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Export:
    """A list that can be exported: the page it stands on, who may open that page, its book.

    `build` gets the viewer, the day, and the arguments of the page's path. It asks the page's
    own query, so that rows, columns, order and rights are those of the page.
    """

    page: str
    permissions: tuple[Permission, ...]
    build: Callable[[Viewer, dt.date, Mapping[str, Any]], Book]
    #: whether the page's address names the day that it is of
    asks_day: bool = False


def exports(app: Flask | None = None) -> dict[str, Export]:
    """Endpoint of the page → its export."""
    return (app or current_app).extensions.setdefault("exports", {})  # type: ignore[no-any-return]


def offer(app: Flask, *found: Export) -> None:
    """Register exports."""
    for one in found:
        exports(app)[one.page] = one


def find(page: str) -> Export:
    """The export of a page; NotFound when it has none."""
    one = exports().get(page)
    if one is None:
        raise NotFound()
    return one


def typed(shown: Any) -> Value:
    """A value as a page writes it, as what it is: 1,234.50 a number, 4.4% a share, — nothing."""
    if shown is None or isinstance(shown, int | Decimal | dt.date | Share):
        return shown
    text = str(shown).strip()
    if text in ("", DASH):
        return None
    plain = text.replace(",", "").replace("−", "-")
    share = plain.endswith("%")
    try:
        number = Decimal(plain.removesuffix("%"))
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    exponent = int(number.as_tuple().exponent)
    if share:
        return Share(number / 100, max(0, -exponent))
    return number if exponent < 0 else int(number)


def wan_of(fen: int | None) -> Decimal | None:
    """Fen as exact 万元."""
    return None if fen is None else Decimal(fen) / 1_000_000


def heads_of(value: int | None) -> Decimal | None:
    """24ths of a head as heads, to two places."""
    return None if value is None else (Decimal(value) / 24).quantize(Decimal("0.01"))

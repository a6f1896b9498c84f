"""Numbered pages with exact totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, func, select

from app.core.db import Recorded, session

SIZES = (20, 50, 100)
#: Beyond this many matches a list shows the first ones and asks to narrow.
TOTAL_LIMIT = 50_000


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    items: Sequence[Any]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-min(self.total, TOTAL_LIMIT) // self.size))

    @property
    def first(self) -> int:
        """Number of the first row shown, 0 when the list is empty."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return min(self.number * self.size, self.total)

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to offer; None stands for a gap."""
        wanted = {1, self.pages, *range(self.number - 2, self.number + 3)}
        shown = sorted(n for n in wanted if 1 <= n <= self.pages)
        out: list[int | None] = []
        for n in shown:
            if out and out[-1] is not None and n > out[-1] + 1:
                out.append(None)
            out.append(n)
        return out


def asked(name: str) -> str:
    """A word of the address to look for, trimmed and without NUL, which no database holds."""
    return request.args.get(name, "").replace("\0", "").strip()


def page_number() -> int:
    """The page asked for in the address, at least 1."""
    return max(1, request.args.get("page", 1, type=int))


def page_size() -> int:
    """The page size asked for, one of `SIZES`."""
    size = request.args.get("size", SIZES[0], type=int)
    return size if size in SIZES else SIZES[0]


def paginate(
    statement: Select[*tuple[Any, ...]], *, scalars: bool = True, total: int | None = None
) -> Page:
    """Run one page of an ordered statement; out-of-range numbers give the last page."""
    if total is None:
        counted = statement.order_by(None).subquery()
        total = session.scalar(select(func.count()).select_from(counted)) or 0
    number, size = _place(total)
    result = session.execute(statement.limit(size).offset((number - 1) * size))
    items = result.scalars().all() if scalars else result.all()
    return Page(items, number, size, total)


def page_of(rows: Sequence[Any]) -> Page:
    """The page asked for of rows that are held already; out of range gives the last one."""
    number, size = _place(len(rows))
    return Page(rows[(number - 1) * size : number * size], number, size, len(rows))


def _place(total: int) -> tuple[int, int]:
    """Number and size of the page asked for, or of the last one."""
    size = page_size()
    return min(page_number(), max(1, -(-min(total, TOTAL_LIMIT) // size))), size


def paginate_once(statement: Select[*tuple[Any, ...]], model: type[Recorded]) -> Page:
    """As `paginate` for rows of a model, finding them once: for conditions that cost more than
    the ids of all that meet them.
    """
    ids = session.scalars(statement.with_only_columns(model.id)).all()
    number, size = _place(len(ids))
    shown = ids[(number - 1) * size : number * size]
    found = session.scalars(select(model).where(model.id.in_(shown)).order_by(model.id))
    rows = {row.id: row for row in found}
    return Page([rows[key] for key in shown if key in rows], number, size, len(ids))

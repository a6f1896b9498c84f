"""The one path from a question to its figure, its groups and its list.

All three are made from `filtered`: a figure is the number of its rows, a group their number by
a column, the list the rows themselves. They cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, false, func, or_, select, true

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import NotFound
from app.core.kept import kept
from app.firms.models import Firm
from app.statistics import joined
from app.statistics.asof import AsOf
from app.statistics.dimensions import DIMENSIONS, Filters
from app.statistics.ground import Ground
from app.statistics.indicators import Indicator, indicator
from app.statistics.queries.cubes import Cube
from app.statistics.scope import Scope, scope_of

T = TypeVar("T")


@lru_cache(maxsize=256)
def _rows(code: str, asof: AsOf) -> FromClause:
    """The rows of an indicator: the statement, kept because making it costs more than running it.

    A statement about the present does not depend on the cut; give it 0.
    """
    entry = indicator(code)
    rows = entry.rows(Ground(asof))
    if asof.joined is None or entry.subject == "carrier":  # what is about carriers counts each
        return rows.subquery("rows_")
    return joined.rows(rows.subquery("own_rows"), asof)


def _narrowing(rows: FromClause, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """The conditions of filters; NotFound for one that the rows do not have."""
    for key, value in filters.items():
        dimension = DIMENSIONS.get(key)
        if dimension is None or (dimension.column or key) not in rows.c:
            raise NotFound()
        yield dimension.condition(rows.c, value)


@dataclass(frozen=True)
class Figure:
    """A number with what it was asked for: enough to open its list."""

    indicator: Indicator
    asof: AsOf
    value: int
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Share:
    """A part of a whole; both open their lists."""

    part: Figure
    whole: Figure

    @property
    def value(self) -> Fraction | None:
        """The share, None of nothing."""
        if not self.whole.value:
            return None
        return Fraction(self.part.value, self.whole.value)


@dataclass(frozen=True)
class Desk:
    """A viewer's questions about one day and cut; the scope is looked up once.

    A desk lives as long as one request, inside one snapshot.
    """

    viewer: AnyViewer
    asof: AsOf
    scope: Scope = field(default_factory=Scope)
    _cubes: dict[Any, Cube] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, viewer: AnyViewer, asof: AsOf) -> Desk:
        """The desk of a viewer for a question; 可比口径 only for who reads the whole district."""
        scope = scope_of(viewer)
        if not scope.whole:  # what a predecessor had is not its successor's to read
            asof = replace(asof, joined=None)
        return cls(viewer, asof, scope)

    def at(self, asof: AsOf) -> Desk:
        """The same viewer's desk for another question."""
        return Desk(self.viewer, asof, self.scope)

    def filtered(self, code: str, filters: Filters) -> tuple[FromClause, Select[Any]]:
        """(rows, statement of the rows that remain) of an indicator.

        Raises NotFound for an unknown indicator, or a filter that it does not have.
        """
        rows = _rows(
            indicator(code).code, replace(self.asof, cut=0 if self.asof.current else self.asof.cut)
        )
        wanted = (self.scope.condition(rows.c), *_narrowing(rows, filters))
        return rows, select(rows).where(*wanted)

    def members(self, code: str, filters: Filters) -> dict[int, int]:
        """Firm (or carrier) id → its rows that remain; 0 where the filters leave all of them out.

        Raises NotFound as `filtered` does.
        """
        rows, every = self.filtered(code, {})
        subject = rows.c[indicator(code).subject_column]
        inside = func.sum(case((and_(true(), *_narrowing(rows, filters)), 1), else_=0))
        counted = every.with_only_columns(subject, inside).group_by(subject)
        return {row[0]: int(row[1]) for row in session.execute(counted)}

    def count(self, code: str, **filters: str) -> Figure:
        """The figure."""

        def counted() -> int:
            _rows, statement = self.filtered(code, filters)
            number = statement.with_only_columns(func.count(), maintain_column_froms=True)
            return session.scalar(number) or 0

        value = kept(self._key(code, (), filters), counted)
        return Figure(indicator(code), self.asof, value, tuple(filters.items()))

    def groups(self, code: str, *by: str, **filters: str) -> dict[Any, int]:
        """Number of rows by one column (plain keys) or by several (tuples)."""
        return dict(kept(self._key(code, by, filters), lambda: self._groups(code, by, filters)))

    def held(self, what: Hashable, made: Callable[[], T]) -> T:
        """Something small made of the rows of cubes, kept under a name of its own."""
        return kept(("held", what, self.asof, self.scope), made)

    def _key(self, code: str, by: tuple[str, ...], filters: Filters) -> Hashable:
        """What a number follows from, besides the recorded data."""
        return "figure", self.asof, self.scope, code, by, tuple(sorted(filters.items()))

    def _groups(self, code: str, by: tuple[str, ...], filters: Filters) -> dict[Any, int]:
        rows, statement = self.filtered(code, filters)
        columns = [rows.c[name] for name in by]
        counted = statement.with_only_columns(
            *columns, func.count(), maintain_column_froms=True
        ).group_by(*columns)
        found = session.execute(counted).all()
        if len(by) == 1:
            return {row[0]: row[1] for row in found}
        return {tuple(row[:-1]): row[-1] for row in found}

    def cube(self, code: str, *by: str, **filters: str) -> Cube:
        """Rows of an indicator by several columns; read once, however often it is asked."""
        key = (code, by, tuple(filters.items()))
        if key not in self._cubes:
            rows, statement = self.filtered(code, filters)
            columns = [rows.c[name] for name in by]
            if "day" in by:  # hardly two rows are alike: counting them apart costs more
                found = statement.with_only_columns(*columns, maintain_column_froms=True)
                cells = [(tuple(row), 1) for row in session.execute(found)]
            else:
                counted = self.groups(code, *by, **filters)
                cells = [(k if len(by) > 1 else (k,), n) for k, n in counted.items()]
            self._cubes[key] = Cube(by, cells)
        return self._cubes[key]

    def figure(self, code: str, value: int, **filters: str) -> Figure:
        """A figure whose number was found as one of several groups."""
        return Figure(indicator(code), self.asof, value, tuple(filters.items()))

    def share(self, code: str, **filters: str) -> Share:
        """The share that the indicator defines by its `part`."""
        part = dict(indicator(code).part)
        (column, wanted), *_rest = part.items()
        numbers = self.groups(code, column, **filters)
        whole = self.figure(code, sum(numbers.values()), **filters)
        mine = self.figure(code, numbers.get(wanted, 0), **{**filters, **part})
        return Share(mine, whole)

    def listed(
        self, code: str, filters: Filters, order: Iterable[Any] = (),
        only: Collection[int] | None = None,
    ) -> Select[Any]:  # fmt: skip
        """The rows with the names of firm and carrier, newest first unless ordered otherwise;
        `only` keeps those of some firms (or carriers).
        """
        rows, statement = self.filtered(code, filters)
        if only is not None:
            statement = statement.where(rows.c[indicator(code).subject_column].in_(only))
        firm = self.asof.at(Firm, "named_firm", "id pid name code sort_key counted_only kind")
        carrier = self.asof.at(Carrier, "named_carrier", "id pid short_name name sort_key")
        hidden = and_(
            firm.c.counted_only,
            false() if self.scope.whole else true(),
            or_(rows.c.carrier_id.is_(None), rows.c.carrier_id.not_in(self.scope.carriers)),
        )
        return (
            statement.add_columns(
                firm.c.pid.label("firm_pid"),
                firm.c.name.label("firm_name"),
                firm.c.code.label("firm_code"),
                firm.c.counted_only,
                carrier.c.pid.label("carrier_pid"),
                carrier.c.short_name.label("carrier_name"),
            )
            .select_from(
                rows.outerjoin(firm, firm.c.id == rows.c.firm_id).outerjoin(
                    carrier, carrier.c.id == rows.c.carrier_id
                )
            )
            .order_by(
                *(order or (rows.c.day.desc(),)),
                case((hidden, 1), else_=0),
                case((hidden, ""), else_=firm.c.sort_key),
                carrier.c.sort_key,
                rows.c.firm_id,
            )
        )

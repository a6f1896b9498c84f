"""Figures of firms: by period and source, the best source first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import bindparam, select

from app.carriers.models import Source
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import session
from app.core.errors import NotFound
from app.core.stated import StatedKey
from app.firms.fields import may_record, open_to, seen_until
from app.firms.models import Figures, Firm, StatedFigure
from app.firms.stated import BY_KEY, KEYS

#: Later in the list takes precedence.
PRECEDENCE = {source: place for place, source in enumerate(Source)}


def best(rows: Iterable[Figures]) -> dict[tuple[int, Period], Figures]:
    """(firm id, period) → the row of the source that takes precedence."""
    found: dict[tuple[int, Period], Figures] = {}
    for row in rows:
        key = (row.firm_id, Period(row.year, row.quarter))
        held = found.get(key)
        if held is None or PRECEDENCE[row.source] > PRECEDENCE[held.source]:
            found[key] = row
    return found


def of_firm(viewer: AnyViewer, firm: Firm, day: dt.date) -> list[Figures]:
    """All figures of a firm that the viewer may see, oldest first.

    A former host reads what there was until the firm left and, while it is the one that is asked
    to go on with the record, the years since.
    """
    if "figures" not in open_to(viewer, firm.id, day):
        return []
    until = seen_until(viewer, firm.id, day)
    statement = (
        select(Figures)
        .where(Figures.firm_id == firm.id)
        .order_by(Figures.year, Figures.quarter, Figures.source)
    )
    rows = list(session.scalars(statement))
    if until is not None:
        asked = may_record(viewer, firm.id, day)
        rows = [
            r
            for r in rows
            if Period(r.year, r.quarter).last_day < until or (asked and not r.quarter)
        ]
    return rows


def of_period(
    _viewer: AnyViewer, firm_ids: Iterable[int], periods: Iterable[Period]
) -> dict[tuple[int, Period], list[Figures]]:
    """(firm id, period) → its rows of all sources, for firms the caller has scoped."""
    wanted = list(periods)
    statement = (
        select(Figures)
        .where(Figures.firm_id.in_(list(firm_ids)), Figures.year.in_({p.year for p in wanted}))
        .order_by(Figures.firm_id, Figures.year, Figures.quarter, Figures.source)
    )
    found: dict[tuple[int, Period], list[Figures]] = {}
    for row in session.scalars(statement):
        period = Period(row.year, row.quarter)
        if period in wanted:
            found.setdefault((row.firm_id, period), []).append(row)
    return found


#: Built once: an import asks for as many rows as it writes.
ROW = select(Figures).where(
    Figures.firm_id == bindparam("firm"),
    Figures.year == bindparam("year"),
    Figures.quarter == bindparam("quarter"),
    Figures.source == bindparam("source"),
)


def row_of(firm_id: int, period: Period, source: Source) -> Figures | None:
    """The row of one firm, period and source."""
    asked = {"firm": firm_id, "year": period.year, "quarter": period.quarter, "source": source}
    return session.scalars(ROW, asked).one_or_none()


def find_stated(firm: Firm, key: str, day: str) -> tuple[StatedKey, StatedFigure]:
    """The statement of a firm under a key for a day (ISO); NotFound when there is none."""
    held = (pair for pair in stated_of(firm) if pair[0].name == key)
    found = next((pair for pair in held if pair[1].day.isoformat() == day), None)
    if found is None:
        raise NotFound()
    return found


def stated_of(firm: Firm) -> list[tuple[StatedKey, StatedFigure]]:
    """What was stated of a firm, the newest first; the caller has found it within scope."""
    held = session.scalars(select(StatedFigure).where(StatedFigure.firm_id == firm.id))
    known = [(BY_KEY[one.key], one) for one in held if one.key in BY_KEY]
    return sorted(known, key=lambda pair: (-pair[1].day.toordinal(), KEYS.index(pair[0])))

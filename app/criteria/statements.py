"""Statements (自述数据) as the engine reads them: of each key the newest that holds on the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.sql.selectable import CTE

from app.core.db import known, session
from app.core.text import N_
from app.criteria import moments
from app.criteria.interval import Interval, Single, among
from app.criteria.verdict import Item, said


def newest(world: Any, model: Any, owner: str, name: str, of_year: Sequence[str] = ()) -> CTE:
    """(owner, key, day, low, high): of each thing stated, the newest that holds on the day. What
    is said of a year, such as 当年得分, holds no longer than the calendar year it was said in."""
    s = world.table(model).c
    place = func.row_number().over(
        partition_by=(s[owner], s.key), order_by=(s.day.desc(), s.id.desc())
    )
    running = (
        select(s[owner], s.key, s.day, s.low, s.high, place.label("place"))
        .where(s.day <= moments.day(), s.until > moments.day(), *world.scope(s[owner]))
        .where(*([or_(~among(s.key, of_year), s.day >= moments.year_start(0))] if of_year else []))
        .cte(f"{name}_running")
    ).c
    columns = (running[owner], running.key, running.day, running.low, running.high)
    return select(*columns).where(running.place == 1).cte(name)


def bounds(
    stage: Any, use: str, key: str, ceiling: int | None = None, months: int = 0
) -> Callable[[], Interval]:
    """What the newest statement of a key says; nothing said is from 0 to the ceiling, if any.

    With `months` a yes is of an event on its day and counts for so many months, that day of the
    last month included; thereafter nothing is said.
    """
    s = stage.statement
    stage.stated.kinds.add(key)
    said = s.key == key
    if months:
        said = and_(said, or_(s.low.is_(None), s.low == 0, s.day >= moments.within(months)))
    low, high = case((said, s.low)), case((said, s.high))
    finish = stage.collect(stage.stated, use, low, high, Single())

    def opened() -> Interval:
        found = finish()
        assert isinstance(found, Interval)
        top = func.coalesce(found.high, ceiling) if ceiling is not None else found.high
        return Interval(func.coalesce(found.low, 0), top, found.seen)

    return opened


def items(
    model: Any, owner: str, ids: Sequence[int], day: dt.date, cut: int | None,
    source: str = "stated", of_year: Sequence[str] = (),
) -> dict[tuple[int, str], Item]:  # fmt: skip
    """(owner, key) → the statement that was taken, with its day."""
    s = known(model, cut).alias("stated").c
    rows = session.execute(
        select(s[owner].label("owner"), s.id, s.key, s.day, s.low, s.high, s.verification)
        .where(s[owner].in_(ids), s.day <= day, s.until > day)
        .where(s.key.not_in(of_year) | (s.day >= dt.date(day.year, 1, 1)))
        .order_by(s.day, s.id)
    )
    return {
        (row.owner, row.key): Item(
            source, row.id, row.day, said(N_("自述 %(day)s"), day=row.day.isoformat()),
            row.low, row.high, row.verification.value, pid=row.key,
        )
        for row in rows
    }  # fmt: skip

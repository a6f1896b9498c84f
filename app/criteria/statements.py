"""Statements (自述数据) as the engine reads them: of each key the newest that holds on the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.sql.selectable import CTE

from app.core.db import known, session
from app.core.text import N_
from app.criteria import moments
from app.criteria.interval import Interval, Single
from app.criteria.verdict import Item, said


def newest(world: Any, model: Any, owner: str, name: str) -> CTE:
    """(owner, key, low, high): of each thing stated, the newest that holds on the day."""
    s = world.table(model).c
    place = func.row_number().over(
        partition_by=(s[owner], s.key), order_by=(s.day.desc(), s.id.desc())
    )
    running = (
        select(s[owner], s.key, s.low, s.high, place.label("place"))
        .where(s.day <= moments.day(), s.until > moments.day(), *world.scope(s[owner]))
        .cte(f"{name}_running")
    ).c
    columns = (running[owner], running.key, running.low, running.high)
    return select(*columns).where(running.place == 1).cte(name)


def bounds(stage: Any, use: str, key: str, ceiling: int | None = None) -> Callable[[], Interval]:
    """What the newest statement of a key says; nothing said is from 0 to the ceiling, if any."""
    s = stage.statement
    stage.stated.kinds.add(key)
    low, high = case((s.key == key, s.low)), case((s.key == key, s.high))
    finish = stage.collect(stage.stated, use, low, high, Single())

    def opened() -> Interval:
        found = finish()
        assert isinstance(found, Interval)
        top = func.coalesce(found.high, ceiling) if ceiling is not None else found.high
        return Interval(func.coalesce(found.low, 0), top, found.seen)

    return opened


def items(
    model: Any, owner: str, ids: Sequence[int], day: dt.date, cut: int | None,
    source: str = "stated",
) -> dict[tuple[int, str], Item]:  # fmt: skip
    """(owner, key) → the statement that was taken, with its day."""
    s = known(model, cut).alias("stated").c
    rows = session.execute(
        select(s[owner].label("owner"), s.id, s.key, s.day, s.low, s.high, s.verification)
        .where(s[owner].in_(ids), s.day <= day, s.until > day)
        .order_by(s.day, s.id)
    )
    return {
        (row.owner, row.key): Item(
            source, row.id, row.day, said(N_("自述 %(day)s"), day=row.day.isoformat()),
            row.low, row.high, row.verification.value, pid=row.key,
        )
        for row in rows
    }  # fmt: skip

"""A statement (自述数据) as a row, and how it is recorded.

Each room that keeps statements has its own table with its owner and its own list of keys.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from sqlalchemy import BigInteger, CheckConstraint, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_

register_messages(
    {
        "days_range": N_("止日不能早于起日。"),
        "range_order": N_("上限不能小于下限。"),
    }
)


class Statement:
    """What was stated under a key, as low and high, valid on [day, until)."""

    key: Mapped[str] = mapped_column(String(40))
    day: Mapped[dt.date]
    until: Mapped[dt.date]
    low: Mapped[int | None] = mapped_column(BigInteger)
    high: Mapped[int | None] = mapped_column(BigInteger)


S = TypeVar("S", bound=Statement)


def in_order() -> tuple[CheckConstraint, CheckConstraint]:
    """What every table of statements makes sure of."""
    return (
        CheckConstraint("high IS NULL OR low IS NULL OR high >= low", name="range"),
        CheckConstraint("until > day", name="days"),
    )


def standing(model: type[S], key: str, day: dt.date, **owner: int) -> S | None:
    """What an owner has stated under a key for a day, if anything."""
    same: dict[str, Any] = {**owner, "key": key, "day": day}
    return session.scalars(select(model).filter_by(**same)).one_or_none()


def statement_on(
    model: type[S], *, today: dt.date, key: str, day: dt.date, until: dt.date,
    low: int | None, high: int | None, **owner: int,
) -> S:  # fmt: skip
    """The statement of an owner under a key for a day: a new one, or the one it replaces.

    Raises `future_day`, `days_range`, `range_order`.
    """
    if day > today:
        raise DomainError("future_day", "day", today=today)
    if until <= day:
        raise DomainError("days_range", "until")
    if low is not None and high is not None and low > high:
        raise DomainError("range_order", "high")
    row = standing(model, key, day, **owner)
    if row is None:
        row = model(**owner)
        row.key, row.day = key, day
        session.add(row)
    row.until, row.low, row.high = until, low, high
    return row

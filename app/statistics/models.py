"""Targets of the plan, kept with their revisions."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Recorded


class TargetSet(Recorded, Base):
    """A published set of targets with its source."""

    __tablename__ = "target_set"

    code: Mapped[str] = mapped_column(String(24), unique=True)
    zh: Mapped[str] = mapped_column(String(120))
    en: Mapped[str] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(String(160))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date]


class Target(Recorded, Base):
    """One figure of a set: baseline and goal in hundredths of the unit; 超过 is strict."""

    __tablename__ = "target"
    __table_args__ = (Index("uq_target", "set_code", "indicator", unique=True),)

    set_code: Mapped[str] = mapped_column(String(24))
    indicator: Mapped[str] = mapped_column(String(40))
    zh: Mapped[str] = mapped_column(String(120))
    en: Mapped[str] = mapped_column(String(160))
    unit: Mapped[str] = mapped_column(String(24))
    #: "stock" or "flow": the two are never compared with each other
    measure: Mapped[str] = mapped_column(String(8))
    baseline: Mapped[int | None] = mapped_column(BigInteger)
    baseline_on: Mapped[str | None] = mapped_column(String(24))
    goal: Mapped[int | None] = mapped_column(BigInteger)
    strict: Mapped[bool] = mapped_column(default=True)
    clause: Mapped[str | None] = mapped_column(String(40))
    remark: Mapped[str | None] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(Integer, default=0)


class OutsideFigure(Recorded, Base):
    """An actual value from outside this system, with its source."""

    __tablename__ = "outside_figure"
    __table_args__ = (Index("uq_outside_figure", "indicator", "day", unique=True),)

    indicator: Mapped[str] = mapped_column(String(40))
    day: Mapped[dt.date]
    value: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(160))

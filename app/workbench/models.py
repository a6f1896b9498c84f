"""What the workbench keeps beside the record."""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.db import Base, BigId, Public
from app.criteria.models import Standard


class ForecastRecord(Base):
    """How a way of forecasting did on earlier days, counted on a day; off the clocks. The way is
    one of those of near-graduates, or the name of a rule forecast clause by clause.

    `hits` and `late`: forecasts that came true by then, and that did not; `missed`: came true
    without a forecast; `few`: too little to go by.
    """

    __tablename__ = "forecast_record"

    method: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[dt.date]
    #: the first and last of the earlier days
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    hits: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)
    missed: Mapped[int] = mapped_column(Integer)
    few: Mapped[int] = mapped_column(Integer)
    #: days that an announcement usually takes to come through
    usual: Mapped[int | None] = mapped_column(Integer)

    @property
    def number(self) -> int:
        """How many forecasts were put to the test."""
        return self.hits + self.late


class TrialRun(Public, Base):
    """标准调整测算 kept under a name: which numbers of a rule were changed, and what came out on
    the day; off the clocks."""

    __tablename__ = "trial_run"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule: Mapped[str] = mapped_column(String(60), index=True)
    name: Mapped[str] = mapped_column(String(60))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[dt.date]
    #: the version that was in force
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"))
    #: canonical JSON: name of a box → what was typed
    boxes: Mapped[str] = mapped_column(Text)
    before: Mapped[int] = mapped_column(Integer)
    after: Mapped[int] = mapped_column(Integer)
    gained: Mapped[int] = mapped_column(Integer)
    lost: Mapped[int] = mapped_column(Integer)
    undecided: Mapped[int] = mapped_column(Integer)
    #: m² of those that gain, as their kind of subject counts it, and how many have none entered
    area_m2: Mapped[int] = mapped_column(BigInteger)
    bare: Mapped[int] = mapped_column(Integer)

    author: Mapped[Person] = relationship()
    standard: Mapped[Standard] = relationship()

    @property
    def asked(self) -> dict[str, str]:
        """The boxes that were changed."""
        held: dict[str, str] = json.loads(self.boxes)
        return held


class ImpactRecord(Base):
    """What an approved version was foretold to change on its first day, frozen at the approval;
    off the clocks, and never reckoned again."""

    __tablename__ = "impact_record"
    __table_args__ = (Index("uq_impact_record_line", "standard_id", "number", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"))
    #: which of the version's lines of days
    number: Mapped[int] = mapped_column(Integer)
    #: the version that it follows; itself where it is the first of its rule
    before_id: Mapped[int] = mapped_column(ForeignKey("standard.id"))
    kind: Mapped[str] = mapped_column(String(8))
    round: Mapped[str | None] = mapped_column(String(40))
    #: the day that both were judged as of: the first in force, or that of the approval if later
    day: Mapped[dt.date]
    approved_on: Mapped[dt.date]
    #: the last revision that the forecast knew, and the last of the first day once that is over
    cut: Mapped[int] = mapped_column(BigInteger)
    first_cut: Mapped[int | None] = mapped_column(BigInteger)

    standard: Mapped[Standard] = relationship(foreign_keys=[standard_id])
    before: Mapped[Standard] = relationship(foreign_keys=[before_id])


class ImpactLine(Base):
    """One subject of it, firm or carrier as the standard says: how its result was shown under the
    version before, how it was foretold, and how it stood on the first day once that was over.
    Without a foreign key, as verdicts are."""

    __tablename__ = "impact_line"

    record_id: Mapped[int] = mapped_column(ForeignKey("impact_record.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    first: Mapped[str | None] = mapped_column(String(16))

"""What the workbench keeps beside the record."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class ForecastRecord(Base):
    """How a way of forecasting did on earlier days, counted on a day; off the clocks.

    `hits` and `late`: forecasts that came true by then, and that did not; `missed`: came true
    without a forecast; `few`: too little to go by.
    """

    __tablename__ = "forecast_record"

    method: Mapped[str] = mapped_column(String(16), primary_key=True)
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

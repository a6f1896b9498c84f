"""What everything that makes rows shares: ids counted here, the stream, the calendar, the size."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from app.core.db import Base
from seed.demo.slots import Calendar
from seed.demo.stream import Stream
from seed.tables import next_id

#: Firms for which the real number of incubators is right.
REAL = 4_400


class Ids:
    """The next id of each table."""

    def __init__(self) -> None:
        self.next: dict[str, int] = defaultdict(lambda: 1)

    def after(self, *models: Any) -> Ids:
        """Go on after the rows that are already there."""
        for model in models:
            self.next[model.__tablename__] = next_id(model)
        return self

    def new(self, table: str) -> int:
        """One more id."""
        number = self.next[table]
        self.next[table] = number + 1
        return number

    def models(self) -> list[Any]:
        """Models of the tables that were numbered here."""
        return [
            mapper.class_
            for mapper in Base.registry.mappers
            if getattr(mapper.class_, "__tablename__", "") in self.next
        ]


@dataclass
class Makers:
    """What everything that makes rows needs."""

    seed: int
    ids: Ids
    stream: Stream
    calendar: Calendar
    size: int

    @property
    def scale(self) -> float:
        """This population against the real one."""
        return self.size / REAL

    def carriers(self, number: int) -> int:
        """How many carriers stand for a real number: fewer in small towns, more in huge ones."""
        ratio = self.scale if self.scale < 1 else math.sqrt(self.scale)
        return max(round(number * ratio), 1)

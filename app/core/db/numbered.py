"""Papers that are cited by a number: the letters of their kind, a year, and a serial within it."""

from __future__ import annotations

import re
from typing import ClassVar

from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.session import session


class Numbered:
    """A paper of a series; a model adds the unique index on year and serial."""

    SERIES: ClassVar[str]

    #: the year in which it was made
    year: Mapped[int] = mapped_column(Integer)
    serial: Mapped[int] = mapped_column(Integer)

    @property
    def number(self) -> str:
        """What it is cited by: SS-2026-0003."""
        return f"{self.SERIES}-{self.year}-{self.serial:04d}"

    @classmethod
    def next_serial(cls, year: int) -> int:
        """The next one of a year; writers run one at a time, so that there is no gap."""
        last = select(func.max(cls.serial)).where(cls.year == year)
        return (session.scalar(last) or 0) + 1

    @classmethod
    def read(cls, text: str) -> tuple[int, int] | None:
        """(year, serial) of a number as somebody typed it: SS-2026-0003, ss 2026-3, 2026-3."""
        match = re.fullmatch(rf"(?:{cls.SERIES})?\W*(\d{{4}})\W+0*(\d{{1,6}})", text.strip(), re.I)
        return (int(match[1]), int(match[2])) if match else None

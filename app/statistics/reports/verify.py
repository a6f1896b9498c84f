"""Whether the database still gives what its reports say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy import select

from app.core.access import System
from app.core.db import session
from app.core.text import LOCALES
from app.statistics.models import Report
from app.statistics.queries.figures import Desk
from app.statistics.reports.frozen import Change, Ledger, cells, differing, told
from app.statistics.reports.service import body_of
from app.statistics.scope import Scope


@dataclass(frozen=True)
class Checked:
    """One report counted again at its own cut."""

    row: Report
    #: what was frozen is what was sealed
    whole: bool
    #: figures that the database counts otherwise at the same cut
    changes: list[Change]
    #: whether every cell says the same, those reckoned from figures included
    cells: bool

    @property
    def holds(self) -> bool:
        """Whether the report can be told again to the last digit."""
        return self.whole and self.cells and not self.changes


def verify(number: tuple[int, int] | None = None) -> Iterator[Checked]:
    """Reports of all states, one or all, counted again at their own cuts."""
    statement = select(Report).order_by(Report.year, Report.serial)
    if number is not None:
        statement = statement.where(Report.year == number[0], Report.serial == number[1])
    for row in session.scalars(statement):
        body = body_of(row)
        desk, again = Desk(System("report"), body.asof, Scope(whole=True)), Ledger()
        same = True
        for language in LOCALES:
            with force_locale(language):
                tables, _codes = told(desk, body.content["parts"], again)
            same = same and cells(tables) == cells(body.tables(language))
        yield Checked(row, body.digest == row.digest, differing(desk, body, again), same)

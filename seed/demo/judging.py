"""Frozen verdicts of the demo's graduations, from the rule book itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.core.errors import NotFound
from app.criteria.models import Outcome
from app.criteria.service import assess_many

Row = dict[str, Any]
RULE = "incubator.graduation"
OVERRIDE = "载体出具书面说明,材料后补"


class Judging:
    """Adds what the rule book says to rows of graduations; drops them where it says nothing."""

    def __init__(self) -> None:
        self.dropped: set[int] = set()
        self.outcomes: dict[str, int] = {}

    def fill(self, rows: list[Row]) -> list[Row]:
        """The rows with standard, findings and basis, each judged as of its own day.

        Called inside a write, after everything else of the batch is in. Without a standard in
        force a graduation cannot be recorded: it is left out, with the later changes of it.
        """
        by_day: dict[dt.date, list[Row]] = {}
        for row in rows:
            by_day.setdefault(row["graduated_on"], []).append(row)
        made: list[Row] = []
        for day in sorted(by_day):
            made += self._day(day, by_day[day])
        return made

    def _day(self, day: dt.date, rows: list[Row]) -> list[Row]:
        try:
            verdicts = assess_many(RULE, [row["firm_id"] for row in rows], day)
        except NotFound:
            self.dropped |= {row["id"] for row in rows}
            return []
        for row in rows:
            found = verdicts[row["firm_id"]]
            row["frozen"], row["frozen_hash"] = found.freeze()
            row |= {"standard_id": found.standard_id, "basis": ",".join(found.met_clauses)}
            row |= {"judged_on": found.day, "cut": found.cut, "eligible_on": None}
            row["override"] = None if found.outcome is Outcome.MET else OVERRIDE
            name = found.outcome.value
            self.outcomes[name] = self.outcomes.get(name, 0) + 1
        return rows

"""Frozen verdicts of the demo's graduations, from the rule book itself."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import select

from app.core.db import session
from app.criteria.models import Outcome
from app.firms.models import Firm

Row = dict[str, Any]
OVERRIDE = "载体出具书面说明,材料后补"


class Judging:
    """Adds what the rule book says to rows of graduations; drops them where it says nothing."""

    def __init__(self) -> None:
        self.dropped: set[int] = set()
        self.judged = 0

    def fill(self, rows: list[Row]) -> list[Row]:
        """The rows with standard, findings and basis, judged on their own day.

        Without a standard in force a graduation cannot be recorded: it is left out, with the
        later changes of it.
        """
        judge = current_app.extensions.get("graduation_judge")
        made = []
        wanted = [row["firm_id"] for row in rows]
        firms = {firm.id: firm for firm in session.scalars(select(Firm).where(Firm.id.in_(wanted)))}
        for row in rows:
            found = judge(firms[row["firm_id"]], row["graduated_on"]) if judge else None
            if found is None:
                self.dropped.add(row["id"])
                continue
            self.judged += 1
            row |= {"standard_id": found.standard_id, "basis": found.basis, "cut": found.cut}
            row |= {"frozen": found.frozen, "frozen_hash": found.frozen_hash}
            row |= {"judged_on": found.judged_on, "eligible_on": found.eligible_on}
            row["override"] = None if found.outcome is Outcome.MET else OVERRIDE
            made.append(row)
        session.expunge_all()
        return made

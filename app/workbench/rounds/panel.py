"""申报 on the firm's page: its applications, what each lacks and by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.access import AnyViewer
from app.core.panels import Panel
from app.firms import fields
from app.firms.models import Firm
from app.pipeline.models import Application, ApplicationState
from app.pipeline.queries import rounds
from app.workbench.candidates.lacking import lacks
from app.workbench.rounds.listing import address, judge, step_day

#: states in which nothing is asked of the firm any more
OVER = (ApplicationState.RECOGNISED, ApplicationState.FAILED)


@dataclass(frozen=True)
class Line:
    """One application in words; `lacks` None where nothing is missing, asked or shown."""

    name: str
    url: str
    application: Application
    day: dt.date
    due: dt.date | None
    lacks: str | None


def panel(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """The firm's applications, the newest first, where its milestones are open."""
    seen = fields.open_to(viewer, firm.id, day)
    found = rounds.of_firm(firm) if "milestones" in seen else []
    if found:
        lines = [_line(one, "values" in seen, day) for one in found]
        yield Panel("applications", "workbench/rounds/firm.html", {"lines": lines}, 27, "side")


def _line(row: Application, values: bool, day: dt.date) -> Line:
    verdict = None
    if values and row.state not in OVER:
        verdict = judge(row.round, [row], day).get(row.firm_id)
    due = row.round.district_on if row.state is ApplicationState.PLANNED else None
    return Line(
        rounds.name_of(row.round), address(row.round), row, step_day(row), due,
        lacks(verdict) if verdict else None,
    )  # fmt: skip

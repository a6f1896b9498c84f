"""What the workbench shows to the district: the counts of the day, what waits, who is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from app.accounts.models import OrganisationKind
from app.carriers.models import Return, ReturnState
from app.carriers.queries.returns import filing as count_filing
from app.carriers.queries.returns import returns
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import session
from app.core.filters import num, pct
from app.core.filters import period as period_words
from app.core.panels import KeyFigure, Panel
from app.core.text import N_, _
from app.pipeline.models import Graduation
from app.pipeline.moves.needs import mode
from app.pipeline.queries.pages import WAITING, waiting_count
from app.workbench import home_counts
from app.workbench.doors import door

SHOWN = 8


@dataclass(frozen=True)
class Late:
    """A carrier that has not filed."""

    name: str
    pid: str
    due: dt.date | None
    returned: bool


@dataclass(frozen=True)
class Filing:
    """Who had to file for a period, and who has not."""

    period: Period
    expected: int
    late: list[Late]

    @property
    def filed(self) -> int:
        """How many have."""
        return self.expected - len(self.late)

    @property
    def label(self) -> str:
        """The period as the office says it."""
        return period_words(self.period)


def applies(viewer: AnyViewer) -> bool:
    """Whether the viewer answers for the whole district."""
    return viewer.holds(OrganisationKind.DISTRICT, OrganisationKind.AGENCY)


def figures(viewer: AnyViewer, day: dt.date) -> Iterator[KeyFigure]:
    """The counts an official opens the day with."""
    if not applies(viewer):
        return
    yield from home_counts.incubating(viewer, day)
    yield from home_counts.graduated(viewer, day)
    over = door(viewer, day, limit="over")
    if over is not None:
        lines = (_("延长、毕业或清退"),)
        yield KeyFigure(N_("已超孵化期限"), num(over.count), _("家"), lines, over.url, 50)
    how = _("载体提请，区级同意") if mode() == "approve" else _("载体已办理，按季核定")
    yield KeyFigure(N_("待核定毕业"), num(waiting_count()), _("家"), (how,), None, 30)
    due = filing(viewer, day)
    if due.expected:
        share = pct(Decimal(due.filed) / due.expected)
        yield KeyFigure(
            N_("季报已报"), f"{num(due.filed)} / {num(due.expected)}", "",
            (due.label, _("填报率 %(n)s", n=share)), None, 40,
        )  # fmt: skip


def filing(viewer: AnyViewer, day: dt.date) -> Filing:
    """The quarter that ended last: who in the viewer's scope has filed its return, and who not."""
    period = Period.of(day).previous
    told = count_filing(viewer, period, day)
    held = {
        row.carrier_id: row
        for row in session.scalars(
            returns(viewer).where(Return.year == period.year, Return.quarter == period.quarter)
        )
    }
    due = max((row.due_on for row in held.values()), default=None)
    late = [
        Late(
            one.short_name,
            one.pid,
            held[one.id].due_on if one.id in held else due,
            one.id in held and held[one.id].state == ReturnState.RETURNED,
        )
        for one in told.late
    ]
    return Filing(period, told.due, late)


def panels(viewer: AnyViewer, day: dt.date) -> Iterator[Panel]:
    """Graduations that wait, and carriers that are late."""
    if not applies(viewer):
        return
    waiting = list(
        session.scalars(
            select(Graduation)
            .where(Graduation.state.in_(WAITING))
            .order_by(Graduation.reported_on, Graduation.id)
        )
    )
    yield Panel(
        "waiting",
        "workbench/home_waiting.html",
        {"rows": waiting[:SHOWN], "total": len(waiting)},
        10,
    )
    due = filing(viewer, day)
    if due.expected:
        yield Panel(
            "late", "workbench/home_late.html", {"filing": due, "rows": due.late[:SHOWN]}, 20
        )

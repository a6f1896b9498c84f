"""Returns a viewer may see, and how many carriers have filed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, or_, select

from app.carriers.models import ACCELERATOR, INCUBATOR, Carrier, Return, ReturnReminder, ReturnState
from app.carriers.queries.scope import visible
from app.carriers.queries.status import registered
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import session
from app.core.errors import NotFound

FILED = (ReturnState.SUBMITTED, ReturnState.CHECKED, ReturnState.VERIFIED)


def returns(viewer: AnyViewer) -> Select[Return]:
    """Returns of the carriers in the viewer's scope, the latest period first."""
    mine = visible(viewer).with_only_columns(Carrier.id).order_by(None)
    return (
        select(Return)
        .join(Carrier, Carrier.id == Return.carrier_id)
        .where(Return.carrier_id.in_(mine))
        .order_by(Return.year.desc(), Return.quarter.desc(), Carrier.sort_key, Return.id)
    )


def narrowed(
    statement: Select[Return], period: Period, *, state: str, q: str, day: dt.date
) -> Select[Return]:
    """Returns of a period in a state (`filed`, `open`, `late`, or one of ReturnState) by name."""
    statement = statement.where(Return.year == period.year, Return.quarter == period.quarter)
    if q:
        name = or_(*(c.icontains(q, autoescape=True) for c in (Carrier.name, Carrier.short_name)))
        statement = statement.where(name)
    if state == "filed":
        return statement.where(Return.state.in_(FILED))
    if state == "open":
        return statement.where(Return.state.not_in(FILED))
    if state == "late":
        return statement.where(Return.state.not_in(FILED), Return.due_on < day)
    if state in {s.value for s in ReturnState}:
        return statement.where(Return.state == state)
    return statement


def standing_counts(viewer: AnyViewer, period: Period, day: dt.date) -> dict[str, int]:
    """How many returns of a period stand in each state that `narrowed` can ask for."""
    rows = session.execute(
        narrowed(returns(viewer), period, state="", q="", day=day)
        .with_only_columns(Return.state, Return.due_on)
        .order_by(None)
    ).all()
    counts = {str(state): sum(r.state is state for r in rows) for state in ReturnState}
    counts["all"] = len(rows)
    counts["filed"] = sum(r.state in FILED for r in rows)
    counts["open"] = counts["all"] - counts["filed"]
    counts["late"] = sum(r.state not in FILED and r.due_on < day for r in rows)
    return counts


def periods_of(viewer: AnyViewer) -> list[Period]:
    """The periods for which the viewer sees returns, the latest first."""
    held = returns(viewer).with_only_columns(Return.year, Return.quarter).order_by(None).distinct()
    return sorted((Period(*row) for row in session.execute(held)), reverse=True)


def reminders(sheets: Iterable[Return]) -> dict[int, list[ReturnReminder]]:
    """Return id → when its carrier was reminded of it, the latest first."""
    statement = (
        select(ReturnReminder)
        .where(ReturnReminder.return_id.in_([sheet.id for sheet in sheets]))
        .order_by(ReturnReminder.day.desc(), ReturnReminder.id)
    )
    found: dict[int, list[ReturnReminder]] = {}
    for one in session.scalars(statement):
        found.setdefault(one.return_id, []).append(one)
    return found


def find_return(viewer: AnyViewer, pid: str) -> Return:
    """The return of a public id within the viewer's scope; NotFound otherwise."""
    found = session.scalars(returns(viewer).where(Return.pid == pid)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def newest_period(viewer: AnyViewer) -> Period | None:
    """The latest period for which the viewer sees a return."""
    newest = returns(viewer).with_only_columns(Return.year, Return.quarter).limit(1)
    row = session.execute(newest).first()
    return Period(row.year, row.quarter) if row else None


@dataclass(frozen=True)
class Filing:
    """填报率 of a period: carriers asked, carriers that filed, and those still missing."""

    due: int
    filed: int
    late: list[Carrier]
    #: of those missing, how many were never asked for a return of the period
    unasked: int

    @property
    def rate(self) -> Decimal | None:
        """填报率; None where nobody is due."""
        return Decimal(self.filed) / self.due if self.due else None


def filing(viewer: AnyViewer, period: Period, day: dt.date) -> Filing:
    """How many registered incubators and accelerators in scope have filed for a period."""
    wanted = visible(viewer).where(
        Carrier.id.in_(registered(min(day, period.last_day)).order_by(None)),
        Carrier.tier.in_((INCUBATOR, ACCELERATOR)),
    )
    carriers = list(session.scalars(wanted))
    asked = returns(viewer).where(Return.year == period.year, Return.quarter == period.quarter)
    states = dict(session.execute(asked.with_only_columns(Return.carrier_id, Return.state)).all())
    late = [c for c in carriers if states.get(c.id) not in FILED]
    unasked = sum(c.id not in states for c in late)
    return Filing(len(carriers), len(carriers) - len(late), late, unasked)

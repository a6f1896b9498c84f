"""待办 of rounds: what a carrier has to hand in, what the district has to recommend, by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import url_for
from sqlalchemy import ColumnElement, and_

from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.panels import Todo
from app.core.text import _
from app.firms.models import Firm
from app.pipeline.models import Application, ApplicationRound, ApplicationState
from app.pipeline.queries import rounds
from app.workbench.rounds.listing import address, within

#: so many firms are named, the others counted
NAMED = 3
#: a round that closed longer ago waits for nobody
PAST = dt.timedelta(days=30)


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """One line a round: firms to hand in, to recommend, or to recognise by the official list."""
    if viewer.may(Permission.APPLICATION_MAKE):
        for row, names in _in_state(viewer, day, ApplicationState.PLANNED, {"here": "1"}):
            url = address(row, state=str(ApplicationState.PLANNED))
            yield _todo(row, names, row.district_on, _("报出申报材料"), url, _("去报出"))
    if viewer.may(Permission.APPLICATION_DECIDE):
        for row, names in _in_state(viewer, day, ApplicationState.FILED, {}):
            url = address(row, state=str(ApplicationState.FILED))
            yield _todo(row, names, row.last_day, _("推荐申报企业"), url, _("去推荐"))
        for row, names in _named(viewer, day, {}, rounds.listed()):
            url = url_for("workbench.round_listed", pid=row.pid)
            yield _todo(row, names, row.last_day, _("按名单记认定"), url, _("去认定"))


Named = Iterator[tuple[ApplicationRound, list[str]]]


def _in_state(
    viewer: AnyViewer, day: dt.date, state: ApplicationState, conditions: dict[str, str]
) -> Named:
    """Those in a state, of rounds that run or closed lately; whoever stands on a list already
    waits for the list only."""
    lately = ApplicationRound.district_on >= day - PAST
    waits = and_(Application.state == state, ~rounds.listed(), lately)
    return _named(viewer, day, conditions, waits)


def _named(
    viewer: AnyViewer, day: dt.date, conditions: dict[str, str], which: ColumnElement[bool]
) -> Named:
    """Some firms by their round, the next last day first."""
    statement = (
        within(viewer, day, conditions)
        .join(ApplicationRound, ApplicationRound.id == Application.round_id)
        .where(which)
        .with_only_columns(ApplicationRound, Firm.short_name, maintain_column_froms=True)
        .order_by(None)
        .order_by(ApplicationRound.district_on, ApplicationRound.id, Firm.sort_key, Firm.id)
    )
    found: dict[ApplicationRound, list[str]] = {}
    for row, name in session.execute(statement):
        found.setdefault(row, []).append(name)
    yield from found.items()


def _todo(
    row: ApplicationRound, names: list[str], due: dt.date, title: str, url: str, action: str
) -> Todo:
    told = _("、").join(names[:NAMED]) + ("…" if names[NAMED:] else "")
    detail = _("%(n)s 家：%(names)s", n=len(names), names=told)
    return Todo(due, title, detail, rounds.name_of(row), url, action)

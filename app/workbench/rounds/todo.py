"""待办 of rounds: what a carrier has to hand in, what the district has to recommend, by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

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
    """One line a round: firms to hand in, or to recommend."""
    if viewer.may(Permission.APPLICATION_MAKE):
        yield from _waiting(viewer, day, ApplicationState.PLANNED, _("报出申报材料"), _("去报出"))
    if viewer.may(Permission.APPLICATION_DECIDE):
        yield from _waiting(viewer, day, ApplicationState.FILED, _("推荐申报企业"), _("去推荐"))


def _waiting(
    viewer: AnyViewer, day: dt.date, state: ApplicationState, title: str, action: str
) -> Iterator[Todo]:
    own = {"here": "1"} if state is ApplicationState.PLANNED else {}
    statement = (
        within(viewer, day, own)
        .join(ApplicationRound, ApplicationRound.id == Application.round_id)
        .where(Application.state == state, ApplicationRound.district_on >= day - PAST)
        .with_only_columns(ApplicationRound, Firm.short_name, maintain_column_froms=True)
        .order_by(None)
        .order_by(ApplicationRound.district_on, ApplicationRound.id, Firm.sort_key, Firm.id)
    )
    found: dict[ApplicationRound, list[str]] = {}
    for row, name in session.execute(statement):
        found.setdefault(row, []).append(name)
    for row, firms in found.items():
        told = _("、").join(firms[:NAMED]) + ("…" if firms[NAMED:] else "")
        yield Todo(
            row.district_on if own else row.last_day, title,
            _("%(n)s 家：%(names)s", n=len(firms), names=told), rounds.name_of(row),
            address(row, state=str(state)), action,
        )  # fmt: skip

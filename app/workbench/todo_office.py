"""待办 of the district and the agency: what waits for 初核, 核定 and coordination, who is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import current_app, url_for
from sqlalchemy import func, select

from app.carriers.models import Return, ReturnState
from app.carriers.queries.returns import filing, returns
from app.core.access import AnyViewer, Permission
from app.core.days import Period, working_days_after
from app.core.db import session
from app.core.filters import period as period_words
from app.core.panels import Todo
from app.core.text import _
from app.pipeline.models import Graduation, GraduationState, TransferState
from app.pipeline.queries import pages
from app.workbench.doors import door

P = Permission


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Everything that waits for an office, one line a kind."""
    if viewer.may(P.RETURN_CHECK):
        yield from _late(viewer, day)
        yield from _sheets(viewer, day, ReturnState.SUBMITTED, _("初核报表"), _("初核"))
    if viewer.may(P.RETURN_VERIFY):
        yield from _sheets(viewer, day, ReturnState.CHECKED, _("核定报表"), _("去核定"))
    if viewer.may(P.GRADUATION_CHECK) and not viewer.may(P.GRADUATION_VERIFY):
        yield from _graduations(day)
    if viewer.may(P.TRANSFER_DECIDE):
        yield from _coordination(day, viewer)
        yield from _over(viewer, day)


def _late(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Carriers that have not filed a period that is due."""
    period = Period.of(day).previous
    due = session.scalar(
        select(func.max(Return.due_on)).where(
            Return.year == period.year, Return.quarter == period.quarter
        )
    )
    late = filing(viewer, period, day).late if due else []
    if late and due and due < day:
        names = _("、").join(carrier.short_name for carrier in late[:3])
        yield Todo(
            due, _("催报%(period)s报表", period=period_words(period)),
            _("%(n)s 家未报：%(names)s", n=len(late), names=names + ("…" if late[3:] else "")),
            _("未报载体"), url_for("firms.returns_list", period=period.code), _("催报"),
        )  # fmt: skip


def _sheets(
    viewer: AnyViewer, day: dt.date, state: ReturnState, title: str, action: str
) -> Iterator[Todo]:
    """Returns in a state, one line a period; they are to be gone through before the next is due."""
    statement = (
        returns(viewer)
        .with_only_columns(Return.year, Return.quarter, func.count().label("n"))
        .where(Return.state == state)
        .group_by(Return.year, Return.quarter)
        .order_by(None)
        .order_by(Return.year, Return.quarter)
    )
    for row in session.execute(statement):
        period = Period(row.year, row.quarter)
        yield Todo(
            max(Period.of(day).last_day, period.last_day), title, _("%(n)s 份", n=row.n),
            period_words(period), url_for("firms.returns_list", period=period.code), action,
        )  # fmt: skip


def _graduations(day: dt.date) -> Iterator[Todo]:
    """Graduations that nobody has checked yet."""
    waiting = select(func.count()).where(Graduation.state == GraduationState.REPORTED)
    count = session.scalar(waiting) or 0
    if count:
        yield Todo(
            Period.of(day).last_day, _("初核毕业"), _("%(n)s 家", n=count), _("毕业核定"),
            url_for("pipeline.verification"), _("初核"), True,
        )  # fmt: skip


def _coordination(day: dt.date, viewer: AnyViewer) -> Iterator[Todo]:
    """Requests that the host left unanswered; departures left unconfirmed."""
    answer = current_app.config["TRANSFER_ANSWER_DAYS"]
    for row in pages.requests(viewer, all_of_them=True):
        if row.state == TransferState.OPEN and row.due_on < day:
            names = {"a": row.to_carrier.short_name, "b": row.from_carrier.short_name}
            yield Todo(
                working_days_after(row.due_on, answer), _("协调转入"),
                _("%(a)s 申请转入，%(b)s 未答复", **names), row.firm.short_name,
                url_for("pipeline.one_transfer", pid=row.pid), _("协调"),
            )  # fmt: skip
    limit = current_app.config["DEPARTURE_CONFIRM_DAYS"]
    ended = [tie.ends for tie in pages.departures_all() if tie.ends]
    silent = [end for end in ended if working_days_after(end, limit) < day]
    if silent:
        yield Todo(
            working_days_after(min(silent), limit), _("离园未确认"),
            _("%(n)s 家企业，原孵化器未答复", n=len(silent)),
            _("转入与离园"), url_for("pipeline.transfers"), _("查看"),
        )  # fmt: skip


def _over(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """The yearly clearing of firms beyond their limit."""
    found = door(viewer, day, limit="over")
    if found and found.count:
        yield Todo(
            dt.date(day.year, 12, 31), _("超期清理"), _("%(n)s 家超过孵化期限", n=found.count),
            _("在孵企业"), found.url, _("查看"),
        )  # fmt: skip

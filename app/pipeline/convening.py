"""What meetings add to the rail and the to-dos."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import Flask, url_for

from app.core.access import AnyViewer, Permission
from app.core.days import today, working_days_after
from app.core.kept import kept_count
from app.core.panels import NavEntry, Todo, registry
from app.core.text import N_, _
from app.pipeline.models import Meeting, MeetingState
from app.pipeline.queries import meetings
from app.pipeline.rail import GROUP, shows
from app.pipeline.words import MeetingAct

P = Permission
#: working days after a meeting within which its results and minutes are due
AFTER = 5


def _url(row: Meeting) -> str:
    return url_for("pipeline.one_meeting", pid=row.pid)


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Notices, results and minutes that the district owes; answers and tasks of the invited."""
    if viewer.may(P.MEETING_PREPARE):
        yield from _prepared(day)
    elif viewer.may(P.MEETING_JOIN):
        for guest in meetings.unanswered(viewer, day):
            row = guest.meeting
            yield Todo(
                row.answer_by, MeetingAct.ANSWER.label, row.title, guest.carrier.short_name,
                _url(row), _("回复"), True,
            )  # fmt: skip
        for row, carrier in meetings.called_off(viewer, day):
            yield Todo(
                row.day, _("对接会取消"), row.title, carrier.short_name, _url(row), _("看原因")
            )
    else:
        return
    tasks = meetings.owed(viewer)
    names = meetings.named(viewer, [task.entry for task in tasks if task.entry])
    for task in tasks:
        firm = task.meeting.title
        if task.entry is not None:
            known = task.entry.firm_id in names
            firm = task.entry.firm.short_name if known else _("不具名")
        yield Todo(
            task.due_on, _("对接会跟进"), task.what, firm, f"{_url(task.meeting)}#tasks", _("办结")
        )  # fmt: skip


def _prepared(day: dt.date) -> Iterator[Todo]:
    for row in meetings.to_prepare():
        due = working_days_after(row.day, AFTER)
        if row.state is MeetingState.PREPARING:
            act, due = MeetingAct.NOTIFY, row.answer_by
        elif row.state is MeetingState.HELD:
            act = MeetingAct.MINUTES
        elif row.day <= day:
            act = MeetingAct.HOLD
        else:
            continue
        yield Todo(due, _("对接会"), row.title, row.day.isoformat(), _url(row), act.label)


def _count(viewer: AnyViewer) -> int | None:
    return sum(one.ahead for one in meetings.told(viewer, today())) or None


def init_app(app: Flask) -> None:
    """Register them."""
    held = registry(app)
    held.todos.append(todos)
    held.nav.append(
        NavEntry(
            GROUP, N_("对接会"), "pipeline.meeting_list", "calendar-check", 36,
            shows(P.MEETING_JOIN, district=P.MEETING_PREPARE), kept_count(_count),
        )
    )  # fmt: skip

"""The list of deadlines and their calendar files."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.text import _
from app.exchange.out.answer import file_name, headers_of
from app.firms import queries
from app.pipeline.queries import meetings
from app.workbench.blueprint import bp
from app.workbench.deadlines import ics, ring, sheets, words

TYPE = "text/calendar; charset=utf-8"


@bp.get("/deadlines")
@requires(Permission.FIRM_RECORD)
def all_deadlines() -> ResponseReturnValue:
    """Deadlines of the firms at one's own carriers."""
    rows = ring.rows(viewer(), today())
    due = sheets.due(viewer(), today())
    return render_template(
        "workbench/deadlines.html", rows=rows, sheets=due, word=words.brief, period=sheets.period
    )


@bp.get("/deadlines.ics")
@requires(Permission.FIRM_RECORD)
def calendar() -> Response:
    """The same as a calendar file."""
    rows, due = ring.rows(viewer(), today()), sheets.due(viewer(), today())
    title = _("到期提醒")
    return _file(ics.of_firms(rows, due, title), title)


@bp.get("/firms/<pid>/deadlines.ics")
@requires(Permission.FIRM_READ)
def firm_calendar(pid: str) -> Response:
    """The clocks of one firm that the viewer may read as a calendar file; as if it did not exist
    where none is open to the viewer."""
    firm = queries.find(viewer(), pid)
    found = ring.of_firm(viewer(), firm, today())
    if not found:
        raise NotFound()
    title = _("%(firm)s 到期提醒", firm=firm.short_name)
    return _file(ics.of_firm(firm.pid, firm.short_name, found), title)


@bp.get("/meetings/<pid>/calendar.ics")
@requires(Permission.MEETING_JOIN, Permission.MEETING_PREPARE)
def meeting_calendar(pid: str) -> Response:
    """A meeting that the viewer reads as a calendar file."""
    row = meetings.one(viewer(), pid, today())
    return _file(ics.of_meeting(row), row.title)


def _file(content: bytes, title: str) -> Response:
    headers = headers_of(file_name(title, today(), "ics"))
    return Response(content, content_type=TYPE, headers=headers)

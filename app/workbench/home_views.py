"""Pages of the workbench: home, all to-dos, deadlines with their calendar file."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.workbench import deadlines
from app.workbench import home as workbench
from app.workbench.blueprint import bp


@bp.get("/")
@requires(Permission.ACCOUNT_OWN)
def home() -> ResponseReturnValue:
    """The workbench of whoever is signed in."""
    return render_template("workbench/home.html", home=workbench.build(viewer(), today()))


@bp.get("/todo")
@requires(Permission.ACCOUNT_OWN)
def todo() -> ResponseReturnValue:
    """All to-dos."""
    return render_template("workbench/todo.html", todos=workbench.todos(viewer(), today()))


@bp.get("/deadlines")
@requires(Permission.FIRM_RECORD)
def all_deadlines() -> ResponseReturnValue:
    """Deadlines of the firms at one's own carriers."""
    rows = deadlines.rows(viewer(), today())
    return render_template("workbench/deadlines.html", rows=rows, word=deadlines.brief)


@bp.get("/deadlines.ics")
@requires(Permission.FIRM_RECORD)
def calendar() -> Response:
    """The same as a calendar file."""
    text = deadlines.calendar(deadlines.rows(viewer(), today()))
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="jieli-deadlines.ics"'
    return answer

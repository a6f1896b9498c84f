"""Pages of the workbench: home, all to-dos, a firm's changes."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.paging import page_of, paginate
from app.firms import fields, queries
from app.workbench import done as finished
from app.workbench import history, home_park
from app.workbench import home as workbench
from app.workbench.blueprint import bp


@bp.get("/")
@requires(Permission.ACCOUNT_OWN)
def home() -> ResponseReturnValue:
    """The workbench of whoever is signed in."""
    page = workbench.build(viewer(), today())
    return render_template("workbench/home.html", home=page, bids=home_park.applies(viewer()))


@bp.get("/todo")
@requires(Permission.ACCOUNT_OWN)
def todo() -> ResponseReturnValue:
    """All to-dos."""
    return render_template("workbench/todo.html", todos=workbench.todos(viewer(), today()))


@bp.get("/done")
@requires(Permission.ACCOUNT_OWN)
def done() -> ResponseReturnValue:
    """What the viewer has done."""
    found = paginate(finished.mine(viewer()))
    page = replace(found, items=finished.told(viewer(), found.items))
    return render_template("workbench/done.html", page=page)


@bp.get("/firms/<pid>/history")
@requires(Permission.FIRM_READ)
def firm_history(pid: str) -> ResponseReturnValue:
    """Every change of a firm's records."""
    firm = queries.find(viewer(), pid)
    if "history" not in fields.open_to(viewer(), firm.id, today()):
        raise NotFound()
    found = page_of(history.entries(firm))
    page = replace(found, items=history.told(found.items))
    return render_template("workbench/firm_history.html", firm=firm, page=page)

"""接口说明: what the interface offers to the reader's post."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.exchange.api import OPERATIONS
from app.exchange.api.door import ROOT, Operation
from app.exchange.views.blueprint import bp


@bp.get("/me/api")
@requires(Permission.ACCOUNT_OWN)
def guide() -> ResponseReturnValue:
    """The operations that the posts in force may use, by what they are about."""
    groups: dict[str, list[Operation]] = {}
    for one in OPERATIONS.values():
        if any(viewer().may(word) for word in one.permissions):
            groups.setdefault(one.tag, []).append(one)
    writes = any(one.writes for held in groups.values() for one in held)
    return render_template("exchange/guide.html", groups=groups, root=ROOT, writes=writes)

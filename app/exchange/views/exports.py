"""导出: the list of a page as a file, noted in the audit before a row is read."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import steady, write
from app.core.errors import Forbidden, NotFound
from app.exchange.out.answer import answer
from app.exchange.out.book import find
from app.exchange.views.blueprint import bp

FORMATS = ("xlsx", "csv")


@bp.post("/exports/<page>")
@requires(Permission.ACCOUNT_OWN)
def export(page: str) -> ResponseReturnValue:
    """The list of a page under the conditions of the address. Whoever may not open it, may not."""
    one, ending = find(page), request.form.get("format", "xlsx")
    if not any(viewer().may(permission) for permission in one.permissions):
        raise Forbidden()
    if ending not in FORMATS:
        raise NotFound()
    path = {key[1:]: value for key, value in request.args.items() if key.startswith("_")}
    one.build(viewer(), today(), path)  # refuses what the page refuses, before it is noted
    with write(f"export:{page}", actor=viewer(), reason=ending):
        pass
    steady()
    return answer(one.build(viewer(), today(), path), ending, viewer(), today())

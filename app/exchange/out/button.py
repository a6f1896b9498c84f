"""导出 on the page of each list that can be exported."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for

from app.exchange.out.book import exports

#: Arguments that choose a piece of the list; an export takes the whole of it.
PIECES = ("page", "size", "go")


def action() -> str | None:
    """Where the button of this page sends: the list as it is now; None where there is none."""
    page = request.endpoint or ""
    if page not in exports():
        return None
    asked: dict[str, Any] = {
        key: values for key, values in request.args.lists() if key not in PIECES
    }
    path = {f"_{key}": value for key, value in (request.view_args or {}).items()}
    return url_for("exchange.export", page=page, **{**asked, **path})


def init_app(app: Flask) -> None:
    """Give the templates the address."""
    app.jinja_env.globals["export_action"] = action

"""待安置: firms of carriers that end, and 整体转入 to those that go on with them."""

from __future__ import annotations

from flask import Flask

from app.core.panels import registry
from app.core.text import N_
from app.workbench.leaving.tabs import TABS
from app.workbench.settling import exports, listing, todo, views


def init_app(app: Flask) -> None:
    """Register what waits for whom, and the file."""
    TABS["settling"] = (N_("待安置"), listing.concerns)
    registry(app).todos.append(todo.todos)
    exports.init_app(app)


__all__ = ["init_app", "views"]

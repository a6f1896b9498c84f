"""申报批次: rounds of applications for titles, and the firms of each."""

from __future__ import annotations

from flask import Flask

from app.core.panels import registry
from app.workbench.rounds import exports, panel, todo, views


def init_app(app: Flask) -> None:
    """Register the exports, the part of the firm's page and what waits for whom."""
    exports.init_app(app)
    registry(app).firm.append(panel.panel)
    registry(app).todos.append(todo.todos)


__all__ = ["init_app", "views"]

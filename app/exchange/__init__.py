"""Workbooks out and in: what the lists and figures of every room give, and what sheets bring."""

from __future__ import annotations

from flask import Flask

from app.exchange import out
from app.exchange.out import button
from app.exchange.views import bp


def init_app(app: Flask) -> None:
    """Register the pages, the button of each list, and what the rooms below export."""
    app.register_blueprint(bp)
    button.init_app(app)
    out.init_app(app)

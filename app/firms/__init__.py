"""All that is recorded about a firm."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages and its parts of the firm's page."""
    from app.firms import panels, views  # rooms above import this package for its models

    panels.init_app(app)
    app.register_blueprint(views.bp)

"""All that is recorded about a firm."""

from __future__ import annotations

from flask import Flask

from app.core.db import on_seal


def init_app(app: Flask) -> None:
    """Register the room's pages and its parts of the firm's page."""
    # rooms above import this package for its models
    from app.firms import panels, unit_panels, views  # the reason above
    from app.firms.service.space import follow_stays  # the reason above

    panels.init_app(app)
    unit_panels.init_app(app)
    app.register_blueprint(views.bp)
    on_seal(app, follow_stays)

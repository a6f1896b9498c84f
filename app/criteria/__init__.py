"""The rule book: standards as data, facts as intervals, verdicts with their reasons."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands, re-judging, panels and pages."""
    from app.criteria import (  # models are loaded before rooms start
        carrier_panels,
        case_page,
        cli,
        edition_views,
        panels,
        verdicts,
        views,
    )
    from app.criteria.reading import cites  # it reads the models too

    cli.init_app(app)
    verdicts.init_app(app)
    panels.init_app(app)
    carrier_panels.init_app(app)
    app.jinja_env.filters["cites"] = cites
    app.register_blueprint(views.bp)
    app.register_blueprint(edition_views.bp)
    app.register_blueprint(case_page.bp)

"""标准调整测算: a rule with other numbers over all firms, what it would change, and saved runs."""

from __future__ import annotations

from flask import Flask

from app.core.panels import registry
from app.criteria.daily import on_day
from app.criteria.service import on_approval
from app.workbench.whatif import (
    exports,
    filling,
    impact_views,
    keeping,
    outcome,
    outcome_views,
    views,
)


def init_app(app: Flask) -> None:
    """Register the exports."""
    exports.init_app(app)
    on_approval(app, keeping.foresee)
    on_day(app, keeping.close_due)
    registry(app).todos.append(filling.todos)
    registry(app).editions.append(outcome.edition_links)


__all__ = ["impact_views", "init_app", "outcome_views", "views"]

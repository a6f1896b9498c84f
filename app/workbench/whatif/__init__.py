"""标准调整测算: a rule with other numbers over all firms, what it would change, and saved runs."""

from __future__ import annotations

from flask import Flask

from app.workbench.whatif import exports, impact_views, views


def init_app(app: Flask) -> None:
    """Register the exports."""
    exports.init_app(app)


__all__ = ["impact_views", "init_app", "views"]

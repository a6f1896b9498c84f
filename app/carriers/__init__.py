"""Operators, carriers, their sites, standing, figures and returns."""

from __future__ import annotations

from flask import Flask

from app.core.access import Permission
from app.core.panels import NavEntry, registry
from app.core.text import N_


def init_app(app: Flask) -> None:
    """Register the pages of carriers."""
    from app.carriers.views import bp  # rooms above import this package for its models

    registry(app).nav.append(
        NavEntry(
            group=N_("日常"),
            text=N_("载体"),
            endpoint="carriers.index",
            icon="buildings",
            position=30,
            shows=lambda v: v.may(Permission.CARRIER_READ),
        )
    )
    app.register_blueprint(bp)

"""Pages made of several rooms: home of each role, list of firms, the firm's page."""

from __future__ import annotations

from flask import Flask

from app.core.access import Permission
from app.core.panels import NavEntry, registry
from app.core.text import N_
from app.workbench import (
    candidates,
    columns,
    counts,
    figure_columns,
    firm_export,
    firm_package,
    home_parts,
    home_views,
    leaving,
    rounds,
    settling,
    views,
    whatif,
)
from app.workbench.blueprint import bp
from app.workbench.deadlines import views as deadline_views
from app.workbench.firm_cli import firm_group


def init_app(app: Flask) -> None:
    """Register pages, columns, conditions and the rail's entries."""
    columns.init_app(app)
    figure_columns.init_app(app)
    firm_export.init_app(app)
    firm_package.init_app(app)
    home_parts.init_app(app)
    registry(app).nav.append(
        NavEntry(
            group=N_("日常"),
            text=N_("企业"),
            endpoint="workbench.firms",
            icon="building",
            position=20,
            shows=lambda v: v.may(Permission.FIRM_READ),
            count=counts.firms,
        )
    )
    candidates.init_app(app)
    whatif.init_app(app)
    rounds.init_app(app)
    leaving.init_app(app)
    settling.init_app(app)
    app.register_blueprint(bp)
    app.cli.add_command(firm_group)


__all__ = ["deadline_views", "home_views", "init_app", "views"]

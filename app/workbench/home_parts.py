"""Registers what this room itself gives to the workbench and to the firm's page."""

from __future__ import annotations

from flask import Flask

from app.core.access import Permission
from app.core.panels import NavEntry, registry
from app.core.text import N_
from app.workbench import (
    carrier_page,
    counts,
    history,
    home_accounts,
    home_area,
    home_carrier,
    home_changes,
    home_district,
    home_filters,
    home_park,
    list_views,
    panel_figures,
    panel_life,
    todo_carrier,
    todo_office,
    verdict_filters,
)


def init_app(app: Flask) -> None:
    """Key figures, panels, changes, conditions and the first entry of the rail."""
    held = registry(app)
    home_filters.init_app(app)
    verdict_filters.init_app(app)
    carrier_page.init_app(app)
    for part in (home_carrier, home_park, home_district, home_area, home_accounts):
        held.figures.append(part.figures)
        held.home.append(part.panels)
    held.firm += [panel_life.panels, panel_figures.panels, history.panels]
    held.views.append(list_views.views)
    held.changes.append(home_changes.changes)
    held.todos += [todo_carrier.todos, todo_office.todos, home_accounts.todos]
    held.nav.append(
        NavEntry(
            group=N_("日常"),
            text=N_("工作台"),
            endpoint="workbench.home",
            icon="house",
            position=10,
            shows=lambda v: v.may(Permission.ACCOUNT_OWN),
            count=counts.todos,
            hot=True,
        )
    )

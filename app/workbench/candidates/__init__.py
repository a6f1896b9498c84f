"""培育名单: the firms of each rule, near-graduates, certificates by expiry, the IPO reserve."""

from __future__ import annotations

from flask import Flask

from app.core.access import Permission
from app.core.panels import NavEntry, registry
from app.core.text import N_
from app.criteria.daily import on_day
from app.workbench.candidates import exports, series, views
from app.workbench.candidates.cli import forecast_check
from app.workbench.outlook import record


def init_app(app: Flask) -> None:
    """Register the rail's entry and the exports."""
    registry(app).nav.append(
        NavEntry(
            group=N_("日常"),
            text=N_("培育名单"),
            endpoint="workbench.candidate_rules",
            icon="list-check",
            position=22,
            shows=lambda v: v.may(Permission.FIRM_READ),
        )
    )
    exports.init_app(app)
    on_day(app, series.check_due)
    on_day(app, record.check_next)
    registry(app).foretell.append(record.foretold)
    app.cli.add_command(forecast_check)


__all__ = ["init_app", "views"]

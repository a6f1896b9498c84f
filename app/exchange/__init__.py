"""Workbooks out and in: what the lists and figures of every room give, and what sheets bring."""

from __future__ import annotations

from flask import Flask

from app.core.errors import register_hold
from app.core.panels import NavEntry, registry
from app.core.text import N_
from app.exchange import api, cli, export_cli, out, sheets
from app.exchange.intake import running
from app.exchange.out import button
from app.exchange.views import blank, bp
from app.exchange.views.imports import MAY


def init_app(app: Flask) -> None:
    """Register the pages, the button of each list, what is exported and what is imported."""
    app.register_blueprint(bp)
    app.register_blueprint(api.bp)
    register_hold(running.told)
    button.init_app(app)
    app.jinja_env.globals["blank_forms"] = blank.offered
    out.init_app(app)
    sheets.init_app(app)
    app.cli.add_command(cli.import_file)
    app.cli.add_command(cli.template)
    app.cli.add_command(export_cli.export_list)
    registry(app).nav.append(
        NavEntry(
            group=N_("日常"),
            text=N_("导入"),
            endpoint="exchange.imports",
            icon="upload",
            position=25,
            shows=lambda reader: any(reader.may(word) for word in MAY),
        )
    )

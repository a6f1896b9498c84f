"""Jieli 接力: firms followed along the chain incubator → accelerator → park."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config as settings
from app import cli, extensions
from app.core import (
    access,
    assets,
    filters,
    handlers,
    headers,
    logs,
    panels,
    shell,
    styleguide,
    text,
)
from app.core.db.engine import make_engine
from app.core.db.session import init_app as init_session
from app.registry import ROOMS, load_models, load_words


def create_app(config: settings.Config | None = None) -> Flask:
    """The application: config → extensions → rooms → start-up checks, nothing else.

    Raises SettingsError for unusable settings, RuntimeError for an unguarded view or an
    untrustworthy SQLite library.
    """
    app = Flask(__name__, static_folder=None)
    app.config.from_object(config or settings.load())
    if app.config["PROXY_HOPS"]:
        hops = app.config["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    load_models()
    load_words()
    text.init_app(app, extensions.babel)
    panels.init_app(app)
    init_session(app, make_engine(app.config["DATABASE_URL"]))
    handlers.init_app(app)
    for part in (logs, headers, filters, assets, shell, styleguide):
        part.init_app(app)
    for room in ROOMS:
        module = import_module(f"app.{room}")
        if hasattr(module, "init_app"):
            module.init_app(app)
    cli.init_app(app)
    import_module("seed.cli").init_app(app)
    cli.plain(app.cli)
    access.refuse_unguarded(app)
    return app

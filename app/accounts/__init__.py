"""Organisations, people, posts, sessions, sign-in."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request
from flask_login import UserMixin

from app import extensions
from app.accounts import (
    checks,
    cli,
    events,
    gate,
    handover,
    posts,
    preferences,
    queries,
    rail,
    sessions,
    views,
)
from app.accounts.blueprint import bp
from app.core import doctor
from app.core.db import on_open
from app.core.panels import registry


class SignedIn(UserMixin):
    """Flask-Login's user: the person of a live session, and nothing from a cookie."""

    def __init__(self, standing: sessions.Standing) -> None:
        self.id, self.name, self.login = standing.pid, standing.name, standing.login


def _user(_request: Request) -> SignedIn | None:
    standing = sessions.standing()
    return SignedIn(standing) if standing is not None else None


def init_app(app: Flask) -> None:
    """Sessions, the gate before every view, forms' tokens, pages, commands."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.session_interface = sessions.DatabaseSessions()
    gate.init_app(app)
    extensions.csrf.init_app(app)
    extensions.login_manager.session_protection = None
    extensions.login_manager.request_loader(_user)
    extensions.login_manager.init_app(app)
    on_open(app, gate.recheck)
    handover.register(app, handover.SAVED_VIEWS)
    doctor.register(app, checks.check)
    registry(app).nav.extend(rail.ENTRIES)
    app.register_blueprint(bp)
    for command in cli.COMMANDS:
        app.cli.add_command(command)
    shell: Any = app.extensions["shell"]
    shell.role_label = posts.label_of
    shell.name_of = queries.name_of
    shell.save_preference = preferences.save


__all__ = ["events", "init_app", "posts", "views"]

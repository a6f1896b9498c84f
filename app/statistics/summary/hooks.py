"""What the form says to the return it belongs to: a link, and what must be explained first."""

from __future__ import annotations

import datetime as dt

from flask import Flask, url_for

from app.carriers.models import Return
from app.core.access import AnyViewer
from app.core.text import N_, _
from app.firms.hooks import hooks
from app.statistics.summary.form import form_of

TITLE = N_("综合情况表")


def broken(viewer: AnyViewer, one: Return, today: dt.date) -> list[str]:
    """Relations of the form that do not hold, with their values."""
    return [finding.sentence for finding in form_of(viewer, one, today).broken]


def link(one: Return) -> dict[str, str]:
    """The way from the return to its form."""
    return {"text": _(TITLE), "url": url_for("summary.form", pid=one.pid)}


def init_app(app: Flask) -> None:
    """Register both with the room of the returns."""
    hooks(app).broken.append(broken)
    hooks(app).sheets.append(link)

"""The rule book: standards as data, facts as intervals, verdicts with their reasons."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands and re-judging; pages register beside them."""
    from app.criteria import cli, verdicts  # models are loaded before rooms start

    cli.init_app(app)
    verdicts.init_app(app)

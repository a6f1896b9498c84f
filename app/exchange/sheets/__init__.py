"""The sheets that can be imported: what each holds and how a row becomes an act."""

from __future__ import annotations

from flask import Flask

from app.exchange.sheets import (
    carriers,
    demands,
    figures,
    firms,
    graduations,
    lists,
    milestones,
    people,
    promises,
    ties,
    units,
)


def init_app(app: Flask) -> None:
    """Register the sheets in the order in which their rows are written."""
    for part in (
        firms,
        ties,
        figures,
        carriers,
        units,
        milestones,
        demands,
        promises,
        graduations,
        lists,
        people,
    ):
        part.init_app(app)

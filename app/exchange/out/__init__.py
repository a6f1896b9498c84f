"""Exports: what a list holds, as .xlsx or .csv."""

from __future__ import annotations

from flask import Flask

from app.exchange.out import (
    balance,
    carriers,
    chain,
    changes,
    figures,
    meetings,
    reports,
    returns,
    summary,
    tables,
    units,
)


def init_app(app: Flask) -> None:
    """Register the lists of the rooms below; rooms above register their own."""
    for part in (
        balance,
        carriers,
        chain,
        changes,
        figures,
        meetings,
        reports,
        returns,
        summary,
        tables,
        units,
    ):
        part.init_app(app)

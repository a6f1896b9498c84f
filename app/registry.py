"""The rooms, in the direction of imports."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

ROOMS = (
    "accounts",
    "carriers",
    "firms",
    "criteria",
    "pipeline",
    "statistics",
    "exchange",
    "workbench",
)


def load_models() -> None:
    """Import every room's tables, so that the metadata is whole."""
    import_module("app.core.terms")
    _import("models")


def load_words() -> None:
    """Import the words of every room's writes."""
    _import("deeds")


def _import(part: str) -> None:
    for room in ROOMS:
        if find_spec(f"app.{room}.{part}"):
            import_module(f"app.{room}.{part}")

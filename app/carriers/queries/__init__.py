"""Reads of the carriers room."""

from app.carriers.queries.scope import directory, find, own, visible
from app.carriers.queries.status import count_registered, registered, standing, standings

__all__ = [
    "count_registered",
    "directory",
    "find",
    "own",
    "registered",
    "standing",
    "standings",
    "visible",
]

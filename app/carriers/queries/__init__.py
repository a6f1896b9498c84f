"""Reads of the carriers room."""

from app.carriers.queries.scope import (
    directory,
    find,
    find_public,
    opens,
    own,
    public_id,
    visible,
)
from app.carriers.queries.status import count_registered, registered, standing, standings

__all__ = [
    "count_registered",
    "directory",
    "find",
    "find_public",
    "opens",
    "own",
    "public_id",
    "registered",
    "standing",
    "standings",
    "visible",
]

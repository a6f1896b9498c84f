"""Reads of the carriers room."""

from app.carriers.queries.scope import (
    directory,
    ended_last,
    find,
    find_public,
    offered,
    opens,
    own,
    own_of,
    visible,
)
from app.carriers.queries.status import (
    OVER,
    announced,
    count_registered,
    over,
    over_act,
    registered,
    standing,
    standings,
)

__all__ = [
    "OVER",
    "announced",
    "count_registered",
    "directory",
    "ended_last",
    "find",
    "find_public",
    "offered",
    "opens",
    "over",
    "over_act",
    "own",
    "own_of",
    "registered",
    "standing",
    "standings",
    "visible",
]

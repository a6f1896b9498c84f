"""Reads of the firms room."""

from app.firms.queries.renaming import reissues
from app.firms.queries.scope import countable, find, nameable, named, pid_of, visible
from app.firms.queries.search import Holder, by_code, look_up, search, similar

__all__ = [
    "Holder",
    "by_code",
    "countable",
    "find",
    "look_up",
    "nameable",
    "named",
    "pid_of",
    "reissues",
    "search",
    "similar",
    "visible",
]

"""Reads of the firms room."""

from app.firms.queries.scope import find, relations, visible
from app.firms.queries.search import by_code, search

__all__ = ["by_code", "find", "relations", "search", "visible"]

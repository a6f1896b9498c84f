"""The interface for programs under /api/v1. A new resource is a module here, named below."""

from app.exchange.api import (
    claims,
    description,
    figures,
    firms,
    me,
    milestones,
    moves,
    residencies,
    statistics,
    verdicts,
)
from app.exchange.api.door import OPERATIONS, bp

__all__ = [
    "OPERATIONS",
    "bp",
    "claims",
    "description",
    "figures",
    "firms",
    "me",
    "milestones",
    "moves",
    "residencies",
    "statistics",
    "verdicts",
]

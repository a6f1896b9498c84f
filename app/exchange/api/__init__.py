"""The interface for programs under /api/v1. A new resource is a module here, named below."""

from app.exchange.api import (
    attestations,
    claims,
    description,
    evidence,
    figures,
    firms,
    graduations,
    me,
    mediations,
    milestones,
    moves,
    register,
    reports,
    residencies,
    returns,
    statistics,
    verdicts,
)
from app.exchange.api.door import OPERATIONS, bp

__all__ = [
    "OPERATIONS",
    "attestations",
    "bp",
    "claims",
    "description",
    "evidence",
    "figures",
    "firms",
    "graduations",
    "me",
    "mediations",
    "milestones",
    "moves",
    "register",
    "reports",
    "residencies",
    "returns",
    "statistics",
    "verdicts",
]

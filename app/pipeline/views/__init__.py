"""Pages of the chain."""

from app.pipeline.views import (
    acts,
    balance,
    claims,
    comparing,
    handovers,
    help,
    landing,
    mediations,
    meeting_acts,
    meetings,
    openings,
    transfers,
    verification,
)
from app.pipeline.views.blueprint import bp

__all__ = [
    "acts",
    "balance",
    "bp",
    "claims",
    "comparing",
    "handovers",
    "help",
    "landing",
    "mediations",
    "meeting_acts",
    "meetings",
    "openings",
    "transfers",
    "verification",
]

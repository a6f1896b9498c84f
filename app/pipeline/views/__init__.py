"""Pages of the chain."""

from app.pipeline.views import (
    acts,
    claims,
    comparing,
    help,
    landing,
    mediations,
    openings,
    transfers,
    verification,
)
from app.pipeline.views.blueprint import bp

__all__ = [
    "acts",
    "bp",
    "claims",
    "comparing",
    "help",
    "landing",
    "mediations",
    "openings",
    "transfers",
    "verification",
]

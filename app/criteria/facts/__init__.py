"""The catalogue of facts. Importing it declares them all."""

from app.criteria.facts import (
    carriers,
    figures,
    milestones,
    places,
    profile,
    residencies,
    rights,
    spans,
    stated,
)
from app.criteria.facts.base import CATALOGUE, Fact

__all__ = [
    "CATALOGUE",
    "Fact",
    "carriers",
    "figures",
    "milestones",
    "places",
    "profile",
    "residencies",
    "rights",
    "spans",
    "stated",
]

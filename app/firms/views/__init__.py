"""Pages of the firms room."""

from app.firms.views import (
    answer,
    carrier_stated,
    demand,
    evidence,
    figures,
    milestones,
    preview,
    profile,
    promises,
    register,
    return_list,
    returns,
    stated,
)
from app.firms.views.blueprint import bp

__all__ = [
    "answer",
    "bp",
    "carrier_stated",
    "demand",
    "evidence",
    "figures",
    "milestones",
    "preview",
    "profile",
    "promises",
    "register",
    "return_list",
    "returns",
    "stated",
]

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
    unit_acts,
    unit_changes,
    units,
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
    "unit_acts",
    "unit_changes",
    "units",
]

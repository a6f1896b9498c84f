"""Pages of the firms room."""

from app.firms.views import evidence, figures, milestones, profile, register, returns
from app.firms.views.blueprint import bp

__all__ = ["bp", "evidence", "figures", "milestones", "profile", "register", "returns"]

"""Pages of the firms room."""

from app.firms.views import evidence, milestones, profile, register, returns
from app.firms.views.blueprint import bp

__all__ = ["bp", "evidence", "milestones", "profile", "register", "returns"]

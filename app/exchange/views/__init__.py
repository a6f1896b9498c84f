"""Pages of the room."""

from app.exchange.views import exports, guide, imports
from app.exchange.views.blueprint import bp

__all__ = ["bp", "exports", "guide", "imports"]

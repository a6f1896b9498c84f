"""Pages of the room."""

from app.exchange.views import exports, imports
from app.exchange.views.blueprint import bp

__all__ = ["bp", "exports", "imports"]

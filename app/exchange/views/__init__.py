"""Pages of the room."""

from app.exchange.views import blank, exports, guide, imports
from app.exchange.views.blueprint import bp

__all__ = ["blank", "bp", "exports", "guide", "imports"]

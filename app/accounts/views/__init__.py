"""Pages of this room."""

from app.accounts.views import entrance, own

__all__ = ["entrance", "own"]

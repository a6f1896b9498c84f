"""Pages of this room."""

from app.accounts.views import audit, charge, entrance, organisations, own, people, tokens

__all__ = ["audit", "charge", "entrance", "organisations", "own", "people", "tokens"]

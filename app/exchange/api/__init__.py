"""The interface for programs under /api/v1. A new resource is a module here, named below."""

from app.exchange.api import description, firms, me
from app.exchange.api.door import OPERATIONS, bp

__all__ = ["OPERATIONS", "bp", "description", "firms", "me"]
